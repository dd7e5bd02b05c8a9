import type { OpenaiBatch } from '../core/openai-batches/openai-batch.ts';
import { start } from './make-task.ts';

/** A batch that nobody has looked at yet, with a window of a day. */
export function makeOpenaiBatch(members: Partial<OpenaiBatch> = {}): OpenaiBatch {
  return {
    tenant: 'default',
    batchId: `batch_${'0'.repeat(31)}1`,
    endpoint: '/v1/chat/completions',
    inputFileId: 'file-1',
    completionWindow: '24h',
    metadata: { of: 'a test' },
    priority: 'low',
    outputLifeMs: 2_592_000_000,
    status: 'validating',
    createdAt: start,
    deadlineAt: start + 86_400_000,
    times: {},
    faults: [],
    total: 0,
    completed: 0,
    failed: 0,
    usage: { promptTokens: 0, completionTokens: 0, cachedPromptTokens: 0, reasoningTokens: 0 },
    outputFileId: null,
    errorFileId: null,
    work: {
      input: [{ objectKey: 'a', bytes: 5 }],
      nextLine: 0,
      nextByte: 0,
      portions: 0,
      open: [],
      output: [],
      error: [],
      completed: 0,
      failed: 0,
    },
    ...members,
  };
}
