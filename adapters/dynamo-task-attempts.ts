import { type AttemptRecord, isFinal, type Task } from '../core/tasks/task.ts';
import type { ClaimOutcome, TaskStore } from '../core/tasks/task-store.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { held, leaseIsDead, leave, open, type TaskUpdates } from './dynamo-task-updates.ts';
import { parseItem } from './parse-item.ts';
import type { Payloads } from './s3-payloads.ts';
import { writeTimeline } from './stored-timeline.ts';
import { openAttributes, parseTaskRow, taskFromRow, writeError } from './task-items.ts';
import { placeResult } from './task-payloads.ts';
import { metaKey, TaskRow } from './task-rows.ts';

type TaskAttempts = Pick<
  TaskStore,
  | 'claim'
  | 'unclaim'
  | 'completeUnheld'
  | 'renewLease'
  | 'look'
  | 'complete'
  | 'fail'
  | 'retryLater'
  | 'moveTo'
  | 'recordAttempt'
>;

/** A message may show so much too early: SQS's delays are whole seconds, and clocks differ. */
const earlyMs = 2_000;

/** What says whether an attempt still holds its task. */
const HolderRow = TaskRow.pick({ status: true, attempts: true, listened: true });

/** What of a TaskStore belongs to attempts: how a worker takes a task, keeps it, and writes what came of it. */
export function createTaskAttempts(
  table: DynamoTable,
  payloads: Payloads,
  { change, end, ownChange, endAttempt }: TaskUpdates,
  hostStartedAt: number,
): TaskAttempts {
  return {
    async claim(message, provider, claimant, now, leaseUntil, unqueued = false): Promise<ClaimOutcome> {
      const outcome = await change(message, now, {
        set: {
          status: 'processing',
          last_event: 'processing',
          lease_until: leaseUntil,
          lease_from: now,
          claimed_by: claimant,
          ...(unqueued && { unqueued }),
        },
        setTo: { started_at: 'if_not_exists(#started_at, :now)' },
        add: { attempts: 1, provider_attempts: 1 },
        remove: ['not_before', ...(unqueued ? [] : (['unqueued'] as const))],
        condition: [
          `#provider = :provider AND ${open} AND ${leaseIsDead}`,
          '(attribute_not_exists(#revision) OR #revision <= :revision)',
          '(attribute_not_exists(#not_before) OR #not_before <= :soon)',
        ].join(' AND '),
        values: { provider, now, hostStartedAt, revision: message.revision, soon: now + earlyMs },
        returnNew: true,
      });
      if (!outcome.item) return { kind: 'missing' };
      const row = parseTaskRow(outcome.item);
      const task = taskFromRow(row);
      // The second: an earlier try of this very request, whose answer was lost.
      if (outcome.applied || (row.status === 'processing' && row.claimed_by === claimant))
        return { kind: 'claimed', task };
      if (isFinal(task.status)) return { kind: 'final' };
      if (task.provider !== provider) return { kind: 'moved', task };
      if (task.revision > message.revision) return { kind: 'stale' };
      if (task.status === 'queued' && task.notBefore !== null)
        return { kind: 'early', notBefore: task.notBefore };
      return { kind: 'leased', leaseUntil: row.lease_until ?? now };
    },

    async unclaim(task, now) {
      const outcome = await change(task, now, {
        set: { status: 'queued', last_event: 'retrying' },
        // The number of the attempt stays: it fences whoever may still hold it.
        add: { provider_attempts: -1 },
        remove: leave,
        condition: held,
        values: { attempt: task.attempts },
      });
      return outcome.applied;
    },

    async completeUnheld(key, result, waitedFor, now) {
      const placed = await placeResult(payloads, { ...key, attempts: 0 }, result);
      const outcome = await end(key, 'completed', now, {
        set: { ...placed, ...(waitedFor && { waited_for: waitedFor }) },
        setTo: { started_at: 'if_not_exists(#started_at, :now)' },
        condition: `${open} AND (#status = :queued OR ${leaseIsDead})`,
        values: { now, hostStartedAt },
      });
      if (outcome.applied) return 'completed';
      return outcome.item && !isFinal(parseTaskRow(outcome.item).status) ? 'held' : 'ended';
    },

    async renewLease(key, attempt, leaseUntil) {
      const outcome = await table.update<TaskRow>({
        key: metaKey(key),
        set: { lease_until: leaseUntil },
        condition: held,
        values: { attempt, processing: 'processing' },
      });
      return outcome.applied;
    },

    async look(key, attempt) {
      const read = async (consistent: boolean) => {
        const attributes = ['status', 'attempts', 'listened'];
        const item = await table.get(metaKey(key), { attributes, consistent });
        if (!item) return 'lost';
        const { status, attempts, listened } = parseItem('The row of a task', HolderRow, item);
        if (status !== 'processing' || attempts !== attempt) return 'lost';
        return listened ? 'listened' : 'held';
      };
      // A cheap read may be a second old; a paid call is not ended by one.
      const seen = await read(false);
      return seen === 'lost' ? read(true) : seen;
    },

    async complete(task, result, record) {
      const placed = await placeResult(payloads, task, result);
      return endAttempt(task, 'completed', record.endedAt, {
        set: { ...placed, provider: task.provider, model: task.model, ...recorded(task, record) },
      });
    },

    fail: (task, error, record, now) =>
      endAttempt(task, 'failed', now, { set: { error: writeError(error), ...recorded(task, record) } }),

    retryLater: (task, error, notBefore, record) =>
      ownChange(task, 'queued', record.endedAt, {
        set: {
          status: 'queued',
          last_event: 'retrying',
          error: writeError(error),
          not_before: notBefore,
          ...recorded(task, record),
        },
        remove: leave,
        condition: held,
        values: { attempt: task.attempts },
      }),

    moveTo: (task, { provider, model }, error, record, now) =>
      ownChange(task, 'queued', now, {
        set: {
          status: 'queued',
          last_event: 'retrying',
          provider,
          model,
          provider_attempts: 0,
          ...openAttributes({ ...task, provider }),
          ...(error && { error: writeError(error) }),
          ...recorded(task, record),
        },
        add: { hops: 1 },
        remove: [...leave, 'not_before'],
        condition: record
          ? `#provider = :from AND ${held}`
          : `#provider = :from AND #attempts = :attempt AND ${open} AND ${leaseIsDead}`,
        values: { from: task.provider, attempt: task.attempts, ...(!record && { now, hostStartedAt }) },
      }),

    async recordAttempt(task, record) {
      await table.update<TaskRow>({
        key: metaKey(task),
        set: recorded(task, record),
        // Of an open task the timeline is whoever holds it to write.
        condition: `NOT (${open})`,
        values: { queued: 'queued', processing: 'processing' },
      });
    },
  };
}

/** The record of an attempt added to those that the row keeps; the version is the stream's business, not this one's. */
function recorded({ timeline, earlierCostUsd = 0 }: Task, record: AttemptRecord | null): Partial<TaskRow> {
  if (!record) return {};
  const others = timeline.filter(({ attempt }) => attempt !== record.attempt);
  const { text, leftOut } = writeTimeline(
    [...others, record].sort((one, other) => one.attempt - other.attempt),
  );
  const leftOutUsd = leftOut.reduce((sum, { costUsd }) => sum + costUsd, earlierCostUsd);
  return { timeline: text, ...(leftOutUsd > 0 && { earlier_cost_usd: leftOutUsd }) };
}
