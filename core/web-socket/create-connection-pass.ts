import type { ConnectionPasses, PassOwner } from './connection-passes.ts';

const passMs = 60_000;

/** A pass that opens one WebSocket within a minute. `pass` is the secret itself: 256 random bits. */
export async function createConnectionPass(
  { tenant, credential }: PassOwner,
  pass: string,
  now: number,
  passes: ConnectionPasses,
): Promise<{ pass: string; expiresAt: number }> {
  const expiresAt = now + passMs;
  await passes.issue(pass, { tenant, ...(credential !== undefined && { credential }) }, expiresAt);
  return { pass, expiresAt };
}
