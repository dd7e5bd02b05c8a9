import type { Share } from './share.ts';

/** A share as it came from the queue. */
export interface ReceivedShare {
  share: Share;
  handle: string;
  /** Counts from 1. */
  attempt: number;
}

/** Shares that wait to be sent again. What is given up in the end lies in its dead-letter queue, whole. */
export interface ShareQueue {
  /** False where not all of it was taken. Never throws. */
  put(shares: Share[]): Promise<boolean>;
  /** At most ten that show now, or within so many seconds; those that cannot be read are left to the dead-letter queue. */
  receive(waitSeconds: number): Promise<ReceivedShare[]>;
  /** Shows it again so many milliseconds from now. */
  postpone(handle: string, milliseconds: number): Promise<void>;
  delete(handle: string): Promise<void>;
}
