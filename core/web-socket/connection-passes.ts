/** Single-use credentials for browsers, which cannot set headers on a WebSocket; `ticket` on the wire. */
export interface ConnectionPasses {
  issue(pass: string, tenant: string, expiresAt: number): Promise<void>;
  /** Uses the pass up and answers its tenant; undefined when it is unknown, used or expired. */
  redeem(pass: string, now: number): Promise<string | undefined>;
}
