import { runBounded } from '../run-bounded.ts';
import type { ConnectionSender } from '../web-socket/connection-sender.ts';
import type { OpenedConnection, Subscriptions } from '../web-socket/subscriptions.ts';
import { authTokenCredential } from './identify-caller.ts';
import type { Secret } from './secrets.ts';
import { tokenName } from './token.ts';
import type { TokenRegistry } from './tokens.ts';

/** A connection lasts no longer, and is closed by itself then. */
const longestConnectionMs = 2 * 3_600_000;
const closesAtOnce = 20;

export interface CloseEndedPorts {
  tokens: Pick<TokenRegistry, 'list'>;
  /** LLM_AUTH_TOKEN as it is kept now; undefined: the service is open. */
  readAuthToken: (() => Promise<Secret | undefined>) | undefined;
  subscriptions: Pick<Subscriptions, 'openedBy' | 'remove'>;
  sender: Pick<ConnectionSender, 'close'>;
}

/**
 * Closes the WebSockets whose tokens have ended, or were let in by another value of LLM_AUTH_TOKEN than is there now: whoever
 * has a token that is still good connects again. Looks for connections only where something ended lately. Answers how many it
 * closed.
 */
export async function closeEnded(
  { tokens, readAuthToken, subscriptions, sender }: CloseEndedPorts,
  now: number,
): Promise<number> {
  const isLate = (time: number | null) => time !== null && time <= now && time > now - longestConnectionMs;
  const ended = (await tokens.list()).filter(({ endsAt }) => isLate(endsAt));
  const found: OpenedConnection[] = [];
  for (const token of ended) found.push(...(await subscriptions.openedBy(tokenName(token))));
  const secret = await readAuthToken?.();
  if (secret && isLate(secret.changedAt)) {
    const current = `${authTokenCredential}@${secret.version}`;
    const opened = await subscriptions.openedBy(authTokenCredential);
    found.push(...opened.filter(({ credential }) => credential !== current));
  }
  let closed = 0;
  await runBounded(found, closesAtOnce, async ({ connectionId, tenant, credential }) => {
    if (!(await sender.close(connectionId))) return;
    await subscriptions.remove(connectionId, tenant, credential);
    closed += 1;
  });
  return closed;
}
