import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CloseEndedPorts, closeEnded } from '../../../../core/access/close-ended.ts';
import type { TokenRecord } from '../../../../core/access/token.ts';

const hour = 3_600_000;
const now = 100 * hour;

interface World {
  endsAt?: number | null;
  authToken?: { version: number; changedAt: number };
  isGone?: boolean;
}

/** What is closed, removed and asked for, where one socket was opened by each credential. */
async function close({ endsAt = null, authToken, isGone = true }: World) {
  const opened = ['acme_1', 'auth-token@1', 'auth-token@2'];
  const [asked, closed, removed]: string[][] = [[], [], []];
  const ports: CloseEndedPorts = {
    tokens: { list: async () => [{ tenant: 'acme', id: '1', endsAt } as TokenRecord] },
    readAuthToken: authToken && (async () => ({ value: 'secret', ...authToken })),
    subscriptions: {
      async openedBy(name) {
        asked?.push(name);
        const own = opened.filter((credential) => credential.split('@')[0] === name);
        return own.map((credential) => ({ connectionId: `by ${credential}`, tenant: 'acme', credential }));
      },
      async remove(id, tenant, credential) {
        removed?.push(`${id} ${tenant} ${credential}`);
      },
    },
    sender: {
      async close(id) {
        closed?.push(id);
        return isGone;
      },
    },
  };
  return { count: await closeEnded(ports, now), asked, closed, removed };
}

test('what a token opened is closed when it has ended, and forgotten', async () => {
  for (const endsAt of [now, now - 1.9 * hour]) {
    const { count, closed, removed } = await close({ endsAt });
    assert.deepEqual([count, closed, removed], [1, ['by acme_1'], ['by acme_1 acme acme_1']]);
  }
});

test('of a token that is good, or ended before any connection that is still open, nothing is read', async () => {
  for (const endsAt of [null, now + 1, now - 2 * hour]) assert.deepEqual((await close({ endsAt })).asked, []);
});

test('what another value of LLM_AUTH_TOKEN opened is closed', async () => {
  const rotated = await close({ authToken: { version: 2, changedAt: now - 1 } });
  assert.deepEqual(rotated.closed, ['by auth-token@1']);
  assert.deepEqual((await close({ authToken: { version: 2, changedAt: now - 2 * hour } })).asked, []);
});

test('a connection that may still be open is closed at the next sweep', async () => {
  const { count, removed } = await close({ endsAt: now, isGone: false });
  assert.deepEqual([count, removed], [0, []]);
});
