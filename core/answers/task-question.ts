import { hashRequest } from '../tasks/idempotency.ts';
import { prepareTask, type SubmissionRules } from '../tasks/prepare-task.ts';
import type { TaskConfig } from '../tasks/task.ts';
import type { Question } from './answer-task.ts';

/** A submitted task whose caller waits for its answer. */
export function taskQuestion(
  request: Pick<Question, 'tenant' | 'uuid' | 'idempotencyKey' | 'now'> & { body: unknown },
  stream: TaskConfig['stream'],
  rules: SubmissionRules,
): Question {
  const { body, ...members } = request;
  return {
    ...members,
    requestHash: hashRequest(body),
    repeats: undefined,
    reads: stream !== undefined,
    async prepare(identity, states) {
      const { task, input } = await prepareTask(withUrgency(body), identity, rules, states);
      return { input, task: { ...task, config: { ...task.config, ...(stream && { stream }) } } };
    },
  };
}

/** Whoever waits goes before what waits in queues, unless they say otherwise. */
function withUrgency(body: unknown): unknown {
  return typeof body === 'object' && body !== null && !Array.isArray(body)
    ? { priority: 'high', ...body }
    : body;
}
