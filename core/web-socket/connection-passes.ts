/** Single-use passes for browsers, which cannot set headers on a WebSocket. */
export interface Tickets {
  issue(ticket: string, tenant: string, expiresAt: number): Promise<void>;
  /** The ticket's tenant, once; undefined when it is unknown, used or past its time. */
  redeem(ticket: string, now: number): Promise<string | undefined>;
}
