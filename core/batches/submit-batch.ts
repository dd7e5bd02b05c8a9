import { invalidRequest, parseRequest } from '../parse-request.ts';
import type { ProviderStates } from '../providers/provider-states.ts';
import { toQueuedTask } from '../scheduling/task-message.ts';
import type { TaskQueues } from '../scheduling/task-queues.ts';
import { ServiceError } from '../service-error.ts';
import { checkQueueSpace } from '../tasks/check-queue-space.ts';
import { deriveUuid, hashRequest, idempotencyKeyReused, idempotencyMs } from '../tasks/idempotency.ts';
import { prepareTask, type SubmissionRules } from '../tasks/prepare-task.ts';
import type { Submission } from '../tasks/submit-task.ts';
import type { NewTask, TaskStore } from '../tasks/task-store.ts';
import { BatchRequest } from './batch-request.ts';
import type { BatchStore } from './batch-store.ts';

export interface SubmitBatchPorts {
  batches: Pick<BatchStore, 'create'>;
  tasks: Pick<TaskStore, 'create' | 'createOnce'>;
  queues: Pick<TaskQueues, 'enqueue'>;
  states: ProviderStates;
}

export interface BatchSubmission extends Submission {
  /** A fresh UUID for each task. */
  makeUuid: () => string;
}

export interface SubmittedBatch {
  batchId: string;
  /** In the order of the request: the task made of each, or why there is none. */
  tasks: (string | ServiceError)[];
}

type Prepared = NewTask | ServiceError;

/**
 * Accepts the valid tasks of a batch, or none when the queues cannot take the whole batch. Throws
 * ServiceError `invalid_request` (the batch itself), `queue_full`, `no_provider_available`,
 * `idempotency_key_reused`.
 */
export async function submitBatch(
  submission: BatchSubmission,
  rules: SubmissionRules,
  ports: SubmitBatchPorts,
): Promise<SubmittedBatch> {
  const { tenant, body, idempotencyKey, now } = submission;
  const request = parseRequest(BatchRequest, body);
  const refusal =
    request.callback_url === undefined ? undefined : rules.checkCallbackUrl(request.callback_url);
  if (refusal !== undefined) throw invalidRequest([{ pointer: '/callback_url', detail: refusal }]);
  checkQueueSpace(await ports.states.read(), request.tasks.length, rules.maxQueueSize);

  const requestHash = idempotencyKey === undefined ? null : hashRequest(body);
  // A batch may be kept for longer than its key counts. Past 24 hours the key makes another, its next
  // generation.
  for (let generation = 0; ; generation += 1) {
    const ids = nameIds(submission, generation);
    const prepared = await prepareAll(request.tasks, ids, submission, rules, ports.states);
    const accepted = prepared.filter((task): task is NewTask => !(task instanceof ServiceError));
    const first = await ports.batches.create({
      tenant,
      batchId: ids.batchId,
      createdAt: now,
      total: accepted.length,
      callbackUrl: request.callback_url ?? null,
      requestHash,
    });
    if (!first.created && first.createdAt + idempotencyMs <= now) continue;
    if (!first.created && first.requestHash !== requestHash) throw idempotencyKeyReused();

    const created =
      requestHash === null
        ? await createNew(accepted, ports)
        : await createMissing(accepted, requestHash, ports);
    await ports.queues.enqueue(created.map(({ task }) => toQueuedTask(task)));
    const tasks = prepared.map((task) => (task instanceof ServiceError ? task : task.task.taskId));
    return { batchId: ids.batchId, tasks };
  }
}

interface BatchIds {
  batchId: string;
  taskId: (index: number) => string;
}

/** Fresh ids, or those that are derived from an idempotency key. */
function nameIds({ tenant, idempotencyKey, uuid, makeUuid }: BatchSubmission, generation: number): BatchIds {
  if (idempotencyKey === undefined) return { batchId: `batch_${uuid}`, taskId: () => `task_${makeUuid()}` };
  const parts = ['batch', tenant, idempotencyKey, String(generation)];
  return {
    batchId: `batch_${deriveUuid(...parts)}`,
    taskId: (index) => `task_${deriveUuid(...parts, String(index))}`,
  };
}

async function prepareAll(
  bodies: unknown[],
  { batchId, taskId }: BatchIds,
  { tenant, now }: BatchSubmission,
  rules: SubmissionRules,
  states: ProviderStates,
): Promise<Prepared[]> {
  const prepared: Prepared[] = [];
  for (const [batchIndex, body] of bodies.entries()) {
    const identity = { tenant, taskId: taskId(batchIndex), batchId, batchIndex, now };
    try {
      // Read again for each task (from memory): what was accepted so far counts, so that a batch spreads.
      const task = await prepareTask(body, identity, rules, await states.read());
      states.noteAccepted(task.task.provider, task.task.priority);
      prepared.push(task);
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code !== 'invalid_request') throw error;
      prepared.push(atIndex(error, batchIndex));
    }
  }
  return prepared;
}

/** Of each refused task: a batch has up to 500. */
const mostFaultsOfTask = 5;

/** The same error, its pointers counted from the batch's body. */
function atIndex(error: ServiceError, index: number): ServiceError {
  const faults = error.faults.slice(0, mostFaultsOfTask).map(({ pointer, detail }) => ({
    pointer: `/tasks/${index}${pointer}`,
    detail,
  }));
  return new ServiceError(error.code, error.message, { faults, cause: error });
}

async function createNew(accepted: NewTask[], { tasks }: SubmitBatchPorts): Promise<NewTask[]> {
  await tasks.create(accepted);
  return accepted;
}

/** Simultaneous writes; the SDK's client has at most 50 connections. */
const writesAtOnce = 20;

/** Stores the tasks that an earlier try of the same request did not store, and answers those. */
async function createMissing(
  accepted: NewTask[],
  requestHash: string,
  { tasks }: SubmitBatchPorts,
): Promise<NewTask[]> {
  const created: NewTask[] = [];
  for (let from = 0; from < accepted.length; from += writesAtOnce) {
    const some = accepted.slice(from, from + writesAtOnce);
    const outcomes = await Promise.all(some.map((task) => tasks.createOnce(task, requestHash)));
    created.push(...some.filter((_, index) => outcomes[index]?.created));
  }
  return created;
}
