import type { Question } from '../answers/answer-task.ts';
import { batchTaskId } from '../batches/batch-tasks.ts';
import { chatQuestion, type OpenaiRequest } from '../openai/chat-question.ts';
import { embeddingQuestion } from '../openai/embedding-question.ts';
import { invalidRequest } from '../parse-request.ts';
import type { ProviderState } from '../providers/provider-states.ts';
import { responseQuestion } from '../responses/response-question.ts';
import type { StoredResponsePorts } from '../responses/stored-response.ts';
import type { SubmissionRules } from '../tasks/prepare-task.ts';
import { longestLifeMs } from '../tasks/task-life.ts';
import type { NewTask } from '../tasks/task-store.ts';
import type { BatchEndpoint, OpenaiBatch } from './openai-batch.ts';

/** How each endpoint reads a body. */
const questions: Record<
  BatchEndpoint,
  (request: OpenaiRequest, rules: SubmissionRules, ports: StoredResponsePorts) => Question
> = {
  '/v1/chat/completions': (request, rules) => chatQuestion(request, rules).question,
  '/v1/responses': (request, rules, ports) => responseQuestion(request, rules, ports).question,
  '/v1/embeddings': embeddingQuestion,
};

/** What only makes sense where somebody waits for the line itself. */
const notForBatches = ['stream', 'background'];

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
  ports: StoredResponsePorts,
  states: ReadonlyMap<string, ProviderState>,
  now: number,
): Promise<NewTask> {
  const refused = notForBatches.filter((name) => body[name] === true);
  if (refused.length > 0)
    throw invalidRequest(refused.map((name) => ({ pointer: `/${name}`, detail: 'is not for a batch' })));
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
  const { task, input } = await questions[endpoint](request, rules, ports).prepare(identity, states);
  return { input, task: { ...task, deadlineAt: Math.min(task.deadlineAt, deadlineAt) } };
}
