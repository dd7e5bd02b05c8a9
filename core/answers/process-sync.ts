import { ServiceError } from '../service-error.ts';
import { isFinal, type Task } from '../tasks/task.ts';
import { type AnswerTaskPorts, answerTask, type Question } from './answer-task.ts';

/** Milliseconds that a caller of the HTTP API waits, from when it got the request: it cuts off at 30 s. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const longestSyncMs = 27_000;

/** A task that could not even be stored by then was not accepted. */
const graceMs = 1_500;

/**
 * The task when it has ended, or as it is at the limit: the smaller of its own timeout and `longestSyncMs`. The work goes on
 * then. Throws as `answerTask` does.
 *
 * @param receivedAt epoch ms; a busy function may begin late
 */
export async function processSync(
  question: Question,
  receivedAt: number,
  maxQueueSize: number,
  ports: AnswerTaskPorts,
): Promise<Task> {
  const listening = new AbortController();
  const limit = new Limit();
  const leftMs = () => receivedAt + longestSyncMs - ports.clock();
  limit.set(leftMs());
  const prepare: Question['prepare'] = async (identity, states) => {
    const prepared = await question.prepare(identity, states);
    limit.set(Math.min(prepared.task.deadlineAt - ports.clock(), leftMs()));
    return prepared;
  };
  const answer = listen(answerTask({ ...question, prepare }, maxQueueSize, ports, listening.signal));
  // Of an answer that nobody waits for any more nothing is told.
  answer.ended.catch(() => {});
  try {
    const ended = await Promise.race([answer.ended, limit.reached]);
    if (ended) return ended;
    const task = await Promise.race([answer.accepted, answer.ended, limit.after(graceMs)]);
    if (!task)
      throw new ServiceError('internal', 'The task could not be accepted in time', { retryable: true });
    return isFinal(task.status) ? task : ((await ports.tasks.get(task)) ?? task);
  } finally {
    limit.clear();
    listening.abort();
  }
}

/** Reads a progress to its end; `accepted` is the task as it was last told. */
function listen(progress: ReturnType<typeof answerTask>) {
  const { promise: accepted, resolve } = Promise.withResolvers<Task>();
  async function read(): Promise<Task | undefined> {
    for await (const told of progress) {
      if (told.kind === 'state') resolve(told.task);
      if (told.kind === 'ended') return told.task;
    }
    return undefined;
  }
  return { accepted, ended: read() };
}

/** A time limit that may come nearer. */
class Limit {
  readonly #reached = Promise.withResolvers<undefined>();
  #timers: NodeJS.Timeout[] = [];

  get reached(): Promise<undefined> {
    return this.#reached.promise;
  }

  set(milliseconds: number): void {
    this.#timers.push(setTimeout(() => this.#reached.resolve(undefined), Math.max(0, milliseconds)));
  }

  after(milliseconds: number): Promise<undefined> {
    return new Promise((resolve) => {
      this.#timers.push(setTimeout(() => resolve(undefined), milliseconds));
    });
  }

  clear(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
