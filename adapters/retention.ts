import { idempotencyMs } from '../core/tasks/idempotency.ts';

/**
 * `ttl` (epoch seconds) of what is needed until a time and kept for the retention. Never less than an Idempotency-Key counts:
 * a task that is gone would be made again by its key. What is only kept for that is not read any more (`isOver`).
 */
export function lastingFor(retentionMs: number, neededUntil: number): number {
  return Math.ceil((neededUntil + Math.max(retentionMs, idempotencyMs)) / 1000);
}

/** Whether the retention of what ended is over: DynamoDB deletes rows days after their `ttl`, and their objects go before. */
export function isOver(endedAt: number | null, retentionMs: number, now: number): boolean {
  return endedAt !== null && endedAt + retentionMs <= now;
}
