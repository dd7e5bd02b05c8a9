import type { Task, WaitReason } from '../tasks/task.ts';
import type { Ticket } from './ticket.ts';

/** What a ticket went through before its start. Nothing is written or read to know it. Times are epoch milliseconds. */
export interface TicketWaits {
  /** What the very task, or the slot, that is gone on with was waiting for. */
  handedOn: WaitReason | null;
  /** Until when circuit or pause held the provider back. */
  heldUntil: number;
  /** Other starts were waited for under the tokens a minute. */
  isPaced: boolean;
  /** Whether the provider has a limit on requests a minute. */
  hasRequestRate: boolean;
  ticket: Ticket;
}

/** What is known of the received task beside. */
export interface TaskWaits {
  receiveCount: number;
  /** It was asleep until its tokens had room. */
  sleptForTokens: boolean;
  /** Others followed the flight of its key, so that it may have been one of them. */
  followed: boolean;
  hasTypeLimit: boolean;
  hasTokenRate: boolean;
}

/** What is shorter is no wait: starting an execution takes as long. */
export const shortestWaitMs = 1_000;

/**
 * What a claimed task waited for last. Messages and tickets are bound loosely, and SQS keeps no notes on either, so this
 * concludes: first from what was seen, then from how often and how long the two were put off.
 */
export function waitReasonOf(
  task: Pick<Task, 'attempts' | 'createdAt' | 'timeline' | 'failovers'>,
  { handedOn, heldUntil, isPaced, hasRequestRate, ticket }: TicketWaits,
  { receiveCount, sleptForTokens, followed, hasTypeLimit, hasTokenRate }: TaskWaits,
  now: number,
): WaitReason | null {
  const since = task.timeline.at(-1)?.endedAt ?? task.createdAt;
  const hasWaited = now - since >= shortestWaitMs;
  // Each claim takes a receive: one more, and its message was put off.
  const wasPutOff = receiveCount > task.attempts;
  if (sleptForTokens) return 'tokens';
  if (handedOn) return handedOn;
  if (isPaced && hasWaited) return 'tokens';
  if (heldUntil > since) return 'circuit';
  if (wasPutOff && followed) return 'equal_task';
  if (wasPutOff && hasTypeLimit) return 'type_slot';
  if (wasPutOff && hasTokenRate) return 'tokens';
  // Put off oftener than its task: not for a back-off, nor for anything else that holds both.
  if (hasWaited && hasRequestRate && (ticket.receives ?? 1) > receiveCount) return 'requests';
  // Moved without an attempt: the provider before was held back.
  if (task.failovers > 0 && task.timeline.length === 0) return 'circuit';
  // The ticket was behind others, for an execution of the worker.
  const wasQueued = (ticket.receives ?? 1) === 1 && (ticket.waitedMs ?? 0) >= shortestWaitMs;
  return hasWaited && wasQueued ? 'slot' : null;
}
