/** Single-use passes for browsers, which cannot set headers on a WebSocket; `ticket` on the wire. */
export interface ConnectionPasses {
  issue(pass: string, tenant: string, expiresAt: number): Promise<void>;
  /** The pass's tenant, once; undefined when it is unknown, used or past its time. */
  redeem(pass: string, now: number): Promise<string | undefined>;
}
