import { invalidRequest, parseRequest } from '../parse-request.ts';
import type { ProviderStates } from '../providers/provider-states.ts';
import { createNewQueue } from '../scheduling/carried-tasks.ts';
import type { TaskQueues } from '../scheduling/task-queues.ts';
import { ServiceError } from '../service-error.ts';
import { checkQueueSpace } from '../tasks/check-queue-space.ts';
import { findFirst, hashKeyed, type IdempotencyKeys, takeKey } from '../tasks/idempotency.ts';
import { prepareTask, type SubmissionRules } from '../tasks/prepare-task.ts';
import type { Submission } from '../tasks/submit-task.ts';
import type { NewTask, TaskStore } from '../tasks/task-store.ts';
import type { TenantGate } from '../tenants/tenant-gate.ts';
import { type BatchAnswers, type RejectedTask, rejectionCodes } from './batch-answers.ts';
import { BatchRequest } from './batch-request.ts';
import type { BatchStore } from './batch-store.ts';
import { batchTaskId } from './batch-tasks.ts';

export interface SubmitBatchPorts {
  batches: Pick<BatchStore, 'create'>;
  answers: BatchAnswers;
  tasks: Pick<TaskStore, 'create'>;
  queues: Pick<TaskQueues, 'enqueue'>;
  states: ProviderStates;
  keys: IdempotencyKeys;
  gate: TenantGate;
  /** Told what the sweeper has to make good. */
  onError: (error: unknown) => void;
}

export interface BatchSubmission extends Submission {
  /** A fresh UUID for the tasks of this try. */
  seed: string;
}

export interface SubmittedBatch {
  batchId: string;
  /** In the order of the request: the task made of each, or why there is none. */
  tasks: (string | ServiceError)[];
}

/**
 * Accepts the valid tasks of a batch, or none of them: rows of tasks are written first, and accepted by the row of the
 * batch. Where that is not reached, the sweeper cancels what was written (core/scheduling/sweep.ts). Throws ServiceError
 * `invalid_request` (the batch itself), `rate_limited`, `queue_full`, `budget_exceeded`, `no_provider_available`,
 * `idempotency_key_reused`, `conflict`.
 */
export async function submitBatch(
  submission: BatchSubmission,
  rules: SubmissionRules,
  ports: SubmitBatchPorts,
): Promise<SubmittedBatch> {
  const { tenant, body, idempotencyKey, now, seed } = submission;
  const keyed = { tenant, idempotencyKey, requestHash: hashKeyed(body, idempotencyKey), now };
  const first = await findFirst(ports.keys, 'batch', keyed);
  const answer = first && (await answerAgain(body, tenant, `batch_${first.uuid}`, ports));
  if (answer) return answer;
  if (first && first.madeAt + longestTryMs > now) throw underWay();

  const request = parseRequest(BatchRequest, body);
  const refusal =
    request.callback_url === undefined ? undefined : rules.checkCallbackUrl(request.callback_url);
  if (refusal !== undefined) throw invalidRequest([{ pointer: '/callback_url', detail: refusal }]);
  const count = request.tasks.length;
  const states = await ports.states.read();
  checkQueueSpace(states, count, rules.maxQueueSize);
  // Before these tasks are counted themselves.
  const toQueue = createNewQueue(states, rules.carrying, now);
  await ports.gate.checkRate(tenant, now);

  const uuid = first?.uuid ?? submission.uuid;
  const batchId = `batch_${uuid}`;
  const { accepted: prepared, rejected } = await prepareAll(
    request.tasks,
    batchId,
    submission,
    rules,
    ports.states,
  );
  await ports.gate.checkWaiting(tenant, prepared.length, now);
  // An equal request, at the same time, was faster.
  if ((await takeKey(ports.keys, 'batch', keyed, uuid)) !== uuid) throw underWay();
  const accepted = await ports.gate.reserve(prepared, now);
  const batch = { tenant, batchId, createdAt: now, seed };
  if (idempotencyKey !== undefined) await ports.answers.keepRejected(batch, rejected);
  await ports.tasks.create(accepted);
  const isAccepted = await ports.batches.create({
    ...batch,
    total: accepted.length,
    places: accepted.flatMap(({ task }) => task.batchIndex ?? []),
    deadlineAt: Math.max(now, ...accepted.map(({ task }) => task.deadlineAt)),
    callbackUrl: request.callback_url ?? null,
  });
  if (!isAccepted) {
    await ports.gate.release(accepted);
    throw underWay();
  }
  // What is not queued has no message, and is found by the sweeper: the batch is accepted.
  await ports.queues.enqueue(toQueue(accepted.map(({ task }) => task))).catch(ports.onError);
  return { batchId, tasks: listAnswers(count, { seed, rejected }) };
}

/** For so long another try may still be at work: more than the function's timeout. */
const longestTryMs = 30_000;

function underWay(): ServiceError {
  return new ServiceError('conflict', 'The same request is under way; repeat it a little later', {
    retryable: true,
    retryAfter: 2_000,
  });
}

/** The answer that the batch had. Undefined: it was never accepted. */
async function answerAgain(
  body: unknown,
  tenant: string,
  batchId: string,
  { answers }: SubmitBatchPorts,
): Promise<SubmittedBatch | undefined> {
  const answer = await answers.find(tenant, batchId);
  // The same body was a batch when it was accepted.
  const { tasks } = body as { tasks: unknown[] };
  return answer && { batchId, tasks: listAnswers(tasks.length, answer) };
}

function listAnswers(
  count: number,
  { seed, rejected }: { seed: string; rejected: readonly RejectedTask[] },
): SubmittedBatch['tasks'] {
  const tasks: SubmittedBatch['tasks'] = Array.from({ length: count }, (_, index) =>
    batchTaskId(seed, index),
  );
  for (const { index, code, detail, faults } of rejected)
    tasks[index] = new ServiceError(code, detail, { faults: [...faults] });
  return tasks;
}

async function prepareAll(
  bodies: unknown[],
  batchId: string,
  { tenant, now, seed }: BatchSubmission,
  rules: SubmissionRules,
  states: ProviderStates,
): Promise<{ accepted: NewTask[]; rejected: RejectedTask[] }> {
  const accepted: NewTask[] = [];
  const rejected: RejectedTask[] = [];
  for (const [batchIndex, body] of bodies.entries()) {
    const identity = { tenant, taskId: batchTaskId(seed, batchIndex), batchId, batchIndex, now };
    try {
      // Read again for each task (from memory): what was accepted so far counts, so that a batch spreads.
      const task = await prepareTask(body, identity, rules, await states.read());
      states.noteAccepted(task.task.provider, task.task.priority);
      accepted.push(task);
    } catch (error) {
      const code = error instanceof ServiceError && rejectionCodes.find((each) => each === error.code);
      if (!code) throw error;
      const most = rejected.length < fullyTold ? mostFaults : 1;
      rejected.push({ ...toRejected(error, batchIndex, most), code });
    }
  }
  return { accepted, rejected };
}

/** Faults that are told of a refused task; where many are refused, of the later ones the first alone: an answer has 6 MB. */
const mostFaults = 5;
const fullyTold = 100;

function toRejected(
  { message, faults }: ServiceError,
  index: number,
  most: number,
): Omit<RejectedTask, 'code'> {
  const counted = faults.slice(0, most).map(({ pointer, detail }) => ({
    pointer: `/tasks/${index}${pointer}`,
    detail,
  }));
  return { index, detail: message, faults: counted };
}
