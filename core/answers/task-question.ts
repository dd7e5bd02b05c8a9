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
      // Whoever waits goes before what waits in queues, unless they say otherwise.
      const { task, ...rest } = await prepareTask(body, identity, rules, states, 'high');
      return { ...rest, task: { ...task, config: { ...task.config, ...(stream && { stream }) } } };
    },
  };
}
