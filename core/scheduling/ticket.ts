import type { WaitReason } from '../tasks/task.ts';
import type { QueuedTask } from './task-message.ts';

/** The right to run the most urgent task of a provider once; it is bound to no task, but may carry one. */
export interface Ticket {
  id: string;
  handle: string;
  /** Milliseconds since it was sent, where that is known. One that waited has others behind it. */
  waitedMs?: number | undefined;
  /** Receives so far, this one included. */
  receives?: number | undefined;
  /** Of one that stands for another, which was used up: what that waited for. */
  waitedFor?: WaitReason | undefined;
  /** It was sent with others, for all of which there was no room. */
  hasOthersBehind?: boolean | undefined;
  /** A task that has no message of its own. */
  carried?: Pick<QueuedTask, 'message' | 'priority'> | undefined;
}

/** `done`: the ticket is used up. `again`: its visibility is set, it is to be reported as failed so that it comes back. */
export type TicketOutcome = 'done' | 'again';
