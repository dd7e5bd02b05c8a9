import type { Caller } from '../access/caller.ts';

/** Whoever asked for a pass, and by what they were let in. */
export type PassOwner = Pick<Caller, 'tenant' | 'credential'>;

/** Single-use credentials for browsers, which cannot set headers on a WebSocket; `ticket` on the wire. */
export interface ConnectionPasses {
  issue(pass: string, owner: PassOwner, expiresAt: number): Promise<void>;
  /** Uses the pass up and answers whose it is; undefined when it is unknown, used or expired. */
  redeem(pass: string, now: number): Promise<PassOwner | undefined>;
}
