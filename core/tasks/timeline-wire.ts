import * as z from 'zod';
import { listMeanings } from '../http-contract/list-meanings.ts';
import { taskErrorCodes } from '../service-error.ts';
import { toWireTime, WireTime } from '../wire-time.ts';
import { type AttemptRecord, attemptOutcomes, type Task, type WaitReason, waitReasons } from './task.ts';
import { toWireUsage, WireUsage } from './usage-wire.ts';

const waitMeanings: Record<WaitReason, string> = {
  slot: 'a free slot of its provider or of the service',
  type_slot: 'a free slot of its type',
  requests: "the provider's requests a minute",
  tokens: "the provider's tokens a minute",
  circuit: 'an open circuit, or a pause that the provider asked for',
  equal_task: 'an equal task that was at the provider',
};

const outcomeMeanings: Record<AttemptRecord['outcome'], string> = {
  completed: 'it brought the result',
  failed: 'the task failed by it',
  retrying: 'it failed, and the task was to be tried again',
  cancelled: 'the task was cancelled meanwhile',
  interrupted: 'it was cut off: its worker hung, or lost the task',
};

export const WireAttempt = z
  .object({
    attempt: z
      .int()
      .min(0)
      .meta({
        description:
          'Its number among all attempts of the task. A missing one was lost with its worker. 0: no call ' +
          'was made, since an equal task had the result',
      }),
    provider: z.string(),
    model: z.string(),
    waited_for: z
      .enum(waitReasons)
      .nullable()
      .meta({
        description: `What it waited for last; null: for nothing that is known. ${listMeanings(waitMeanings)}`,
      }),
    started_at: WireTime.meta({ description: 'When its call began' }),
    ended_at: WireTime,
    outcome: z.enum(attemptOutcomes).meta({ description: listMeanings(outcomeMeanings) }),
    code: z.enum(taskErrorCodes).nullable().meta({ description: 'Of its error; null where there was none' }),
    usage: WireUsage.nullable().meta({ description: 'Null: the provider told nothing' }),
    cost_usd: z.number().meta({ description: 'Paid for it, whatever came of it' }),
  })
  .meta({ id: 'Attempt' });
export type WireAttempt = z.infer<typeof WireAttempt>;

/** The attempts that the row keeps, the oldest first, and the answer that came without one. */
export function toWireTimeline(task: Task): WireAttempt[] {
  const attempts = task.timeline.map(toWireAttempt);
  return task.status === 'completed' && task.result?.cached
    ? [...attempts, toWireAttempt(answerWithoutCall(task))]
    : attempts;
}

function answerWithoutCall({ provider, model, waitedFor, completedAt, createdAt }: Task): AttemptRecord {
  const at = completedAt ?? createdAt;
  return {
    attempt: 0,
    provider,
    model,
    waitedFor: waitedFor ?? null,
    startedAt: at,
    endedAt: at,
    outcome: 'completed',
    code: null,
    usage: null,
    costUsd: 0,
  };
}

function toWireAttempt(record: AttemptRecord): WireAttempt {
  return {
    attempt: record.attempt,
    provider: record.provider,
    model: record.model,
    waited_for: record.waitedFor,
    started_at: toWireTime(record.startedAt),
    ended_at: toWireTime(record.endedAt),
    outcome: record.outcome,
    code: record.code,
    usage: record.usage && toWireUsage(record.usage),
    cost_usd: record.costUsd,
  };
}
