import type { Tickets } from './connection-passes.ts';

const ticketMs = 60_000;

/** A pass that opens one WebSocket within a minute. `ticket` is the secret itself: 256 random bits. */
export async function createWsTicket(
  tenant: string,
  ticket: string,
  now: number,
  tickets: Tickets,
): Promise<{ ticket: string; expiresAt: number }> {
  const expiresAt = now + ticketMs;
  await tickets.issue(ticket, tenant, expiresAt);
  return { ticket, expiresAt };
}
