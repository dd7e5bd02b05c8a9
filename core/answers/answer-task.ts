import type { ProviderState } from '../providers/provider-states.ts';
import { toQueuedTask } from '../scheduling/task-message.ts';
import { checkQueueSpace } from '../tasks/check-queue-space.ts';
import type { TaskIdentity } from '../tasks/create-task.ts';
import { findFirst, takeKey } from '../tasks/idempotency.ts';
import { fromCache, type SubmitTaskPorts, storeTask } from '../tasks/submit-task.ts';
import { isFinal, type Task } from '../tasks/task.ts';
import type { NewTask } from '../tasks/task-store.ts';
import type { DirectCalls } from './direct-calls.ts';
import { type FollowTaskPorts, followTask } from './follow-task.ts';
import type { Repeats } from './repeats.ts';
import { nothingTold, type Progress, Told } from './told.ts';

export interface AnswerTaskPorts extends Omit<SubmitTaskPorts, 'tasks'>, FollowTaskPorts {
  tasks: SubmitTaskPorts['tasks'] & FollowTaskPorts['tasks'];
  directCalls: DirectCalls;
  repeats: Repeats;
  onError: (error: unknown) => void;
}

/** A request whose caller waits for the answer. */
export interface Question {
  tenant: string;
  /** A fresh UUID for the task, used unless its Idempotency-Key has one already. */
  uuid: string;
  idempotencyKey: string | undefined;
  /** Equal for requests that mean the same. */
  requestHash: string;
  /**
   * Of a client that repeats what broke off without naming a key: how many times it has done so. Undefined: it does not say.
   */
  repeats: number | undefined;
  /** Whether the pieces of the answer are told. */
  reads: boolean;
  /** Nobody waits: it goes into its queue though a worker is free. */
  isQueued?: boolean;
  now: number;
  /** Checks the request and chooses its provider; throws as `prepareTask` does. */
  prepare: (identity: TaskIdentity, states: ReadonlyMap<string, ProviderState>) => Promise<NewTask>;
}

/**
 * Has a task answered while its caller waits: by its worker at once, or, where none is free, by way of the queue. What is
 * thrown before the first is told is a refusal, and nothing was accepted: `invalid_request`, `forbidden`, `rate_limited`,
 * `queue_full`, `budget_exceeded`, `no_provider_available`, `idempotency_key_reused`.
 *
 * @param signal aborted, nobody listens any more: the task goes on
 */
export async function* answerTask(
  question: Question,
  maxQueueSize: number,
  ports: AnswerTaskPorts,
  signal: AbortSignal,
): AsyncGenerator<Progress> {
  const { tenant, reads, now } = question;
  const made = await findMade(question, ports);
  const told = new Told(nothingTold);
  if (made.kind === 'made') return yield* followTask(made.task, told, reads, ports, signal);

  const states = await ports.states.read();
  await ports.gate.checkRate(tenant, now);
  const identity = { tenant, taskId: `task_${made.uuid}`, batchId: null, batchIndex: null, now };
  const checked = await question.prepare(identity, states);
  const taskId = `task_${await takeKey(ports.keys, 'task', question, made.uuid)}`;
  const named = { ...checked, task: { ...checked.task, taskId } };
  const requestHash = question.idempotencyKey === undefined ? undefined : question.requestHash;
  noteForRepeats(question, named.task, ports);

  const cached = await fromCache(named, ports.cache, now);
  if (cached) {
    await storeTask(cached, question, ports.tasks);
    return yield* told.end(cached.task);
  }
  const [prepared = named] = await ports.gate.reserve([named], now);
  let outcome: Whereabouts = 'refused';
  for (const task of question.isQueued ? [] : directChoices(prepared.task)) {
    outcome = yield* callDirectly({ ...prepared, task }, requestHash, told, ports, signal);
    if (outcome !== 'refused') break;
  }
  if (outcome === 'refused' && signal.aborted) await ports.gate.release([prepared]);
  if (outcome === 'ended' || signal.aborted) return;
  if (outcome === 'refused' || outcome === 'nowhere') {
    await checkSpace(prepared, states, maxQueueSize, now, ports);
    const { created, task } = await storeTask(prepared, question, ports.tasks);
    if (!created && task.deadlineAt !== prepared.task.deadlineAt) await ports.gate.release([prepared]);
    if (created) await ports.queues.enqueue([toQueuedTask(prepared.task)]);
    ports.states.noteAccepted(prepared.task.provider, prepared.task.priority);
    // It may run before it is looked at.
    yield* told.state(prepared.task);
  }
  yield* followTask(prepared.task, told, reads, ports, signal);
}

/** Where it may not wait, nothing came of it. Throws `queue_full`. */
async function checkSpace(
  prepared: NewTask,
  states: ReadonlyMap<string, ProviderState>,
  maxQueueSize: number,
  now: number,
  { gate }: AnswerTaskPorts,
): Promise<void> {
  try {
    checkQueueSpace(states, 1, maxQueueSize);
    await gate.checkWaiting(prepared.task.tenant, 1, now);
  } catch (error) {
    await gate.release([prepared]);
    throw error;
  }
}

/** Workers that are asked, at most. */
const mostAsked = 3;

/**
 * The task at each provider that may run it at once, the best first. What may wait does not pass those that are queued; what
 * is to cost little waits for the provider that does.
 */
function directChoices(task: Task): Task[] {
  const { routing, config, priority } = task;
  if (priority === 'low') return [];
  if (!routing || !config.failover || config.strategy === 'cost') return [task];
  return routing.ranking.slice(0, mostAsked).map(({ provider, model }) => ({ ...task, provider, model }));
}

type Made = { kind: 'made'; task: Task } | { kind: 'new'; uuid: string };

/** The task that the same request made before, or the id of a new one. Throws `idempotency_key_reused`. */
async function findMade(question: Question, { tasks, keys, repeats }: AnswerTaskPorts): Promise<Made> {
  const { tenant, requestHash, now } = question;
  const first = await findFirst(keys, 'task', question);
  const named = first && (await tasks.get({ tenant, taskId: `task_${first.uuid}` }));
  if (named) return { kind: 'made', task: named };
  const fresh: Made = { kind: 'new', uuid: first?.uuid ?? question.uuid };
  if (!question.repeats) return fresh;
  const taskId = await repeats.find(tenant, requestHash, now);
  const task = taskId === undefined ? undefined : await tasks.get({ tenant, taskId });
  // What failed, was given up, or was deleted is asked for anew: that is what the repeat is for.
  return task && (!isFinal(task.status) || task.result) ? { kind: 'made', task } : fresh;
}

/** Clients repeat within their patience, ten minutes a try: what is equal to a request of long ago is a new one. */
const repeatsMs = 3_600_000;

/** Beside the call, which does not wait for it. */
function noteForRepeats(
  question: Question,
  { taskId, deadlineAt }: Task,
  { repeats, onError }: AnswerTaskPorts,
): void {
  if (question.repeats === undefined || question.idempotencyKey !== undefined) return;
  const until = Math.min(deadlineAt, question.now + repeatsMs);
  void repeats.note(question.tenant, question.requestHash, taskId, until).catch(onError);
}

/** Where a task is after it was handed to its worker. `refused`: the worker did nothing; `nowhere`: what it did left no row. */
type Whereabouts = 'ended' | 'accepted' | 'refused' | 'nowhere';

/** Tells what the worker tells. */
async function* callDirectly(
  direct: NewTask,
  requestHash: string | undefined,
  told: Told,
  ports: AnswerTaskPorts,
  signal: AbortSignal,
): AsyncGenerator<Progress, Whereabouts> {
  let { task } = direct;
  for await (const event of ports.directCalls.run({ ...direct, requestHash }, signal))
    switch (event.kind) {
      case 'started':
        task = event.task;
        yield* told.state(task);
        break;
      case 'delta':
        yield* told.delta(task, task.attempts, event.delta);
        break;
      case 'answered':
        yield { kind: 'limits', rateLimits: event.rateLimits };
        break;
      case 'settled':
        if (!isFinal(event.task.status)) return 'accepted';
        yield* told.end(event.task);
        return 'ended';
      case 'lost':
        // Where nobody listens the worker is only not heard.
        return signal.aborted ? 'ended' : queueLost(direct.task, ports);
      case 'refused':
        return 'refused';
      case 'exists': {
        const made = await ports.tasks.get(direct.task);
        if (made?.deadlineAt !== direct.task.deadlineAt) await ports.gate.release([direct]);
        return 'accepted';
      }
    }
  return queueLost(direct.task, ports);
}

/** Its worker is gone, or cannot be heard: what it has left is taken up by way of the queue. */
async function queueLost(key: Task, { tasks, queues, onError }: AnswerTaskPorts): Promise<Whereabouts> {
  const task = await tasks.get(key);
  if (!task) return 'nowhere';
  // Where this fails, whoever follows the task sees that it is abandoned, and so does the sweeper.
  if (!isFinal(task.status)) await queues.enqueue([toQueuedTask(task)]).catch(onError);
  return 'accepted';
}
