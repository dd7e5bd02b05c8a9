import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestCounter } from '../../local/requests/request-counter.ts';

/**
 * Waits until the functions have made no request for `quietMs`: asking the service whether it has ended would be
 * counted too. Beyond `patienceMs` it gives up.
 */
export async function waitUntilQuiet(
  counter: RequestCounter,
  quietMs: number,
  patienceMs: number,
): Promise<void> {
  const giveUpAt = Date.now() + patienceMs;
  let before = -1;
  let quietSince = Date.now();
  while (Date.now() < giveUpAt && Date.now() - quietSince < quietMs) {
    const now = counter.total('requests') + counter.total('empty polls');
    if (now !== before) quietSince = Date.now();
    before = now;
    await sleep(100);
  }
}
