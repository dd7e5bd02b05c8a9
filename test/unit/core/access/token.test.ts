import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { headerFault } from '../../../../core/access/header-fault.ts';
import {
  isTokenOf,
  makeToken,
  readToken,
  readTokenName,
  type TokenRecord,
  tokenBytes,
  tokenName,
} from '../../../../core/access/token.ts';
import { listTenants, rememberTokens, trustMs } from '../../../../core/access/tokens.ts';

const make = (tenant: string) => makeToken(tenant, randomBytes(tokenBytes));

test('a token names its row, can be sent, and is kept as a hash alone', () => {
  for (const tenant of ['a', 'acme', 'a-1-b', 'x'.repeat(32), '-']) {
    const { token, hash, ...key } = make(tenant);
    assert.deepEqual(readToken(token), key);
    assert.equal(headerFault(token), undefined);
    assert.ok(token.startsWith(`llm_${tokenName(key)}_`) && token.length >= 60);
    assert.ok(!hash.includes(token.slice(-56, -8)));
    assert.equal(isTokenOf(token, { ...key, hash } as TokenRecord), true);
    assert.equal(isTokenOf(make(tenant).token, { ...key, hash } as TokenRecord), false);
  }
});

test('a change of any character is seen without a read', () => {
  const { token } = make('acme');
  for (let at = 0; at < token.length; at += 1) {
    const other = token[at] === 'b' ? 'c' : 'b';
    assert.equal(readToken(token.slice(0, at) + other + token.slice(at + 1)), undefined, String(at));
  }
});

test('a token is named by how it begins, or by itself', () => {
  const { token, id } = make('acme');
  for (const text of [`acme_${id}`, `llm_acme_${id}`, token])
    assert.deepEqual(readTokenName(text), { tenant: 'acme', id });
  for (const text of ['', 'acme', id, `ACME_${id}`, `acme_${id}0`])
    assert.equal(readTokenName(text), undefined);
});

test('a token that was read is read again after half a minute, one that is not there soon', async () => {
  let time = 0;
  const reads: string[] = [];
  const record = { tenant: 'acme', id: '1' } as TokenRecord;
  const tokens = rememberTokens(
    {
      async read({ id }) {
        reads.push(id);
        return id === '1' ? record : undefined;
      },
    },
    () => time,
  );
  assert.ok(trustMs < 60_000, 'what was revoked is refused within a minute');
  for (const at of [0, trustMs - 1, trustMs]) {
    time = at;
    assert.equal(await tokens.read({ tenant: 'acme', id: '1' }), record);
  }
  for (const wait of [0, 1_999, 2_000]) {
    time = trustMs + wait;
    assert.equal(await tokens.read({ tenant: 'acme', id: '2' }), undefined);
  }
  assert.deepEqual(reads, ['1', '1', '2', '2']);
});

test('tenants are those that have tokens, and that of LLM_AUTH_TOKEN', async () => {
  const list = async () => ['b', 'a', 'b'].map((tenant) => ({ tenant }) as TokenRecord);
  assert.deepEqual(await listTenants({ list }), ['default', 'b', 'a']);
});

test('invented tokens do not fill the memory', async () => {
  let reads = 0;
  const tokens = rememberTokens(
    {
      async read() {
        reads += 1;
        return undefined;
      },
    },
    () => 0,
  );
  for (let id = 0; id < 5_001; id += 1) await tokens.read({ tenant: 'a', id: String(id) });
  await tokens.read({ tenant: 'a', id: '5000' });
  assert.equal(reads, 5_001);
  await tokens.read({ tenant: 'a', id: '0' });
  assert.equal(reads, 5_002, 'the oldest was forgotten');
});
