import type { Question } from '../answers/answer-task.ts';
import { batchTaskId } from '../batches/batch-tasks.ts';
import { chatQuestion, type OpenaiRequest } from '../openai/chat-question.ts';
import { embeddingQuestion } from '../openai/embedding-question.ts';
import { invalidRequest } from '../parse-request.ts';
import type { ProviderState } from '../providers/provider-states.ts';
import { longestLifeMs } from '../tasks/task-life.ts';
import type { SubmissionRules } from '../tasks/prepare-task.ts';
import type { NewTask } from '../tasks/task-store.ts';
import type { BatchEndpoint, OpenaiBatch } from './openai-batch.ts';

/** How each endpoint reads a body. */
const questions: Record<BatchEndpoint, (request: OpenaiRequest, rules: SubmissionRules) => Question> = {
  '/v1/chat/completions': (request, rules) => chatQuestion(request, rules).question,
  '/v1/embeddings': embeddingQuestion,
};

/** Derived, so that a run finds what one before it made. */
export const lineTaskId = ({ batchId }: Pick<OpenaiBatch, 'batchId'>, place: number) =>
  batchTaskId(batchId, place);

/**
 * The task of a line. Its deadline is that of its batch, or an earlier one that its `timeout` asks for. Throws as `prepareTask`
 * does.
 */
export async function prepareLine(
  body: Record<string, unknown>,
  place: number,
  batch: OpenaiBatch,
  rules: SubmissionRules,
  states: ReadonlyMap<string, ProviderState>,
  now: number,
): Promise<NewTask> {
  if (body.stream === true) throw invalidRequest([{ pointer: '/stream', detail: 'is not for a batch' }]);
  const { tenant, batchId, endpoint, priority, deadlineAt } = batch;
  const request: OpenaiRequest = {
    tenant,
    body,
    headers: {},
    uuid: '',
    idempotencyKey: undefined,
    repeats: undefined,
    now,
    run: { priority, waits: false, life: { mostMs: longestLifeMs, usualMs: deadlineAt - now } },
  };
  const taskId = lineTaskId(batch, place);
  const identity = { tenant, taskId, batchId, batchIndex: place, now };
  const { task, input } = await questions[endpoint](request, rules).prepare(identity, states);
  return { input, task: { ...task, deadlineAt: Math.min(task.deadlineAt, deadlineAt) } };
}
