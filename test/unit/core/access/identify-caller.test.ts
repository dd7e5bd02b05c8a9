import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Caller, requireScope } from '../../../../core/access/caller.ts';
import { identifyCaller, readBearerToken } from '../../../../core/access/identify-caller.ts';
import { makeToken, type TokenRecord, tokenBytes } from '../../../../core/access/token.ts';
import type { ServiceError } from '../../../../core/service-error.ts';

const now = 1_000_000;
const made = makeToken('acme', Buffer.alloc(tokenBytes, 7));
const record: TokenRecord = {
  tenant: 'acme',
  id: made.id,
  hash: made.hash,
  scopes: ['read'],
  name: null,
  createdAt: 0,
  endsAt: null,
};

/** Who a header belongs to, and how many reads that took. */
async function identify(
  header: string | undefined,
  { authToken, open = false, kept = record }: { authToken?: string; open?: boolean; kept?: TokenRecord } = {},
): Promise<{ caller: Caller | undefined; reads: string[] }> {
  const reads: string[] = [];
  const caller = await identifyCaller(header, {
    tokens: {
      async read(key) {
        reads.push(`${key.tenant}_${key.id}`);
        return key.tenant === kept.tenant && key.id === kept.id ? kept : undefined;
      },
    },
    readAuthToken: open
      ? undefined
      : async () => {
          reads.push('auth-token');
          return authToken === undefined ? undefined : { value: authToken, version: 3, changedAt: 0 };
        },
    now: () => now,
  });
  return { caller, reads };
}
const callerOf = async (...given: Parameters<typeof identify>) => (await identify(...given)).caller;

test('a bearer token is read whatever the case of its scheme', () => {
  assert.equal(readBearerToken('Bearer abc'), 'abc');
  assert.equal(readBearerToken('bearer  abc '), 'abc');
  for (const header of [undefined, '', 'abc', 'Basic abc', 'Bearer', 'Bearer a b'])
    assert.equal(readBearerToken(header), undefined);
});

test('LLM_AUTH_TOKEN is the default tenant with every scope', async () => {
  assert.deepEqual(await callerOf('Bearer secret', { authToken: 'secret' }), {
    tenant: 'default',
    scopes: ['submit', 'read', 'operate'],
    credential: 'auth-token@3',
  });
  for (const header of [undefined, 'Bearer secre', 'Bearer secret2', 'Bearer SECRET', 'secret', 'Bearer '])
    assert.equal(await callerOf(header, { authToken: 'secret' }), undefined, header);
});

test('while one token takes the place of another, both are taken', async () => {
  for (const token of ['new', 'old'])
    assert.equal((await callerOf(`Bearer ${token}`, { authToken: 'new, old' }))?.tenant, 'default');
  for (const token of ['new,', ',old', 'new,old', ' '])
    assert.equal(await callerOf(`Bearer ${token}`, { authToken: 'new, old' }), undefined, token);
  assert.equal(await callerOf('Bearer a', { authToken: 'a,b,c' }), undefined, 'three are no rotation');
});

test('where no token is configured every token is wrong', async () => {
  assert.equal(await callerOf('Bearer x'), undefined);
  assert.equal(await callerOf('Bearer ', { authToken: '' }), undefined);
});

test('a tenant’s token has its tenant and scopes, and takes one read', async () => {
  const { caller, reads } = await identify(`Bearer ${made.token}`, { authToken: 'secret' });
  assert.deepEqual(caller, { tenant: 'acme', scopes: ['read'], credential: `acme_${made.id}` });
  assert.deepEqual(reads, [`acme_${made.id}`]);
});

test('an invented token of a tenant is refused without a read of its row', async () => {
  const last = made.token.at(-1) === '0' ? '1' : '0';
  const invented = [made.token.slice(0, -1) + last, made.token.replace('acme', 'acne'), `${made.token}0`];
  for (const token of invented) {
    const { caller, reads } = await identify(`Bearer ${token}`, { authToken: 'secret' });
    assert.equal(caller, undefined, token);
    assert.deepEqual(reads, ['auth-token'], token);
  }
});

test('a token with a good checksum and another secret, or of another tenant, is refused', async () => {
  const other = makeToken('acme', Buffer.from([...Buffer.alloc(6, 7), ...Buffer.alloc(24, 9)]));
  assert.equal(other.id, made.id);
  assert.equal(await callerOf(`Bearer ${other.token}`, { authToken: 'secret' }), undefined);
  const elsewhere = makeToken('other', Buffer.alloc(tokenBytes, 7));
  assert.equal(await callerOf(`Bearer ${elsewhere.token}`, { authToken: 'secret' }), undefined);
});

test('a token is refused from its end on', async () => {
  const at = async (endsAt: number) =>
    (await callerOf(`Bearer ${made.token}`, { authToken: 's', kept: { ...record, endsAt } }))?.tenant;
  assert.deepEqual([await at(now + 1), await at(now), await at(now - 1)], ['acme', undefined, undefined]);
});

test('an open service takes whoever has no token for the default tenant, and knows those of tenants', async () => {
  for (const header of [undefined, 'Bearer sk-anything', 'Basic abc'])
    assert.equal((await callerOf(header, { open: true }))?.tenant, 'default');
  assert.equal((await callerOf(`Bearer ${made.token}`, { open: true }))?.tenant, 'acme');
  const ended = { ...record, endsAt: now };
  assert.equal(await callerOf(`Bearer ${made.token}`, { open: true, kept: ended }), undefined);
});

test('what a token does not allow is forbidden, and the scope named', () => {
  const caller: Caller = { tenant: 'acme', scopes: ['read'] };
  requireScope(caller, 'read');
  assert.throws(
    () => requireScope(caller, 'operate'),
    (error: ServiceError) =>
      error.code === 'forbidden' &&
      error.scope === 'operate' &&
      /lacks the scope operate/.test(error.message),
  );
});
