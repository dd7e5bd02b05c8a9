import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoTable } from '../../../adapters/dynamo-table.ts';
import { createDynamoTokenAccounts } from '../../../adapters/dynamo-token-accounts.ts';
import { charge, emptyAccount, type TokenAccount } from '../../../core/scheduling/token-account.ts';
import { createTokenRate } from '../../../core/scheduling/token-rate.ts';
import { startStateTable } from '../providers/start-state-table.ts';
import { loseAnswers } from './lose-answers.ts';

const now = 1_800_000_000_000;
const open = (table: DynamoTable) => createDynamoTokenAccounts({ table, sleep, random: Math.random });
const repeat = <T>(times: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: times }, (_, index) => work(index)));

const addParked = (known: TokenAccount | undefined) => {
  const account = known ?? emptyAccount(now, 1_000);
  return { account: { ...account, parked: account.parked + 1 }, value: account.parked + 1 };
};

test('an account is read as it was written; each provider has its own', async (t) => {
  const accounts = open((await startStateTable(t)).table);
  assert.equal(await accounts.read('kimi'), undefined);
  const account: TokenAccount = {
    paceAt: now + 0.5,
    meanTokens: 1_234.5,
    charges: [
      [now / 1_000, 500],
      [now / 1_000 + 7, 8_000],
    ],
    parked: 3,
    coming: 1,
    comingAt: now + 1_500,
  };
  const given = await accounts.change('kimi', (known) => {
    assert.equal(known, undefined);
    return { account, value: 'a word' };
  });
  assert.equal(given, 'a word');
  assert.deepEqual(await accounts.read('kimi'), account);
  assert.equal(await accounts.read('qwen'), undefined);
});

test('twenty changes at once lose nothing, and each sees another state', async (t) => {
  const { table } = await startStateTable(t);
  const seen = await repeat(20, () => open(table).change('kimi', addParked));
  assert.deepEqual(
    seen.toSorted((one, other) => one - other),
    Array.from({ length: 20 }, (_, index) => index + 1),
  );
  assert.equal((await open(table).read('kimi'))?.parked, 20);
});

test('fifty workers at once are refused few times each, as each reads right before it writes', async (t) => {
  const { table } = await startStateTable(t);
  let writes = 0;
  const counting: DynamoTable = {
    ...table,
    update: (update) => {
      writes += 1;
      return table.update(update);
    },
  };
  await repeat(50, () => open(counting).change('kimi', addParked));
  assert.equal((await open(table).read('kimi'))?.parked, 50);
  assert.ok(writes < 50 * 10, `${writes} writes`);
});

test('changes whose answers were lost are made once', async (t) => {
  const { table } = await startStateTable(t);
  await repeat(10, () => open(loseAnswers(table)).change('kimi', addParked));
  assert.equal((await open(table).read('kimi'))?.parked, 10);
});

test('a change whose answer was lost is made once, though others wrote before its repeat', async (t) => {
  const { table } = await startStateTable(t);
  const losing: DynamoTable = {
    ...table,
    async update(request) {
      await table.update(request);
      await open(table).change('kimi', addParked);
      await open(table).change('kimi', addParked);
      return table.update(request);
    },
  };
  await open(table).change('kimi', addParked);
  assert.equal(await open(losing).change('kimi', addParked), 2);
  assert.equal((await open(table).read('kimi'))?.parked, 4);
});

test('charges made at once pass the limit in no minute', async (t) => {
  const { table } = await startStateTable(t);
  const limit = 10_000;
  await repeat(20, () =>
    open(table).change('kimi', (known) => {
      const { account, second } = charge(known ?? emptyAccount(now, 1_000), 1_500, limit, now);
      return { account, value: second };
    }),
  );
  const charges = (await open(table).read('kimi'))?.charges ?? [];
  assert.equal(
    charges.reduce((sum, [, tokens]) => sum + tokens, 0),
    30_000,
  );
  for (const [from] of charges) {
    const minute = charges.filter(([second]) => second >= from && second < from + 60);
    const total = minute.reduce((sum, [, tokens]) => sum + tokens, 0);
    assert.ok(total <= limit, `${total} in the minute from ${from}`);
  }
});

test('what was not used makes room again, in its own second', async (t) => {
  const { table } = await startStateTable(t);
  const rate = createTokenRate({
    accounts: open(table),
    provider: 'kimi',
    tokensPerMinute: 10_000,
    sendTickets: () => assert.fail('nobody is parked'),
  });
  const first = await rate.charge(9_000, now);
  assert.ok(first);
  assert.equal(first.second, now / 1_000);
  assert.ok(((await rate.charge(2_000, now))?.second ?? 0) > first.second + 60);
  await rate.settle(first, 1_000);
  assert.equal((await rate.charge(2_000, now))?.second, first.second);
});

test('a table that refuses for good is an error, not an endless loop', async (t) => {
  const { table } = await startStateTable(t);
  let tries = 0;
  const refusing: DynamoTable = {
    ...table,
    update: async () => {
      tries += 1;
      return {
        applied: false,
        item: { account: JSON.stringify(emptyAccount(now, 1)), written_by: 'another' },
      };
    },
  };
  const accounts = createDynamoTokenAccounts({ table: refusing, sleep: async () => {}, random: () => 0 });
  await assert.rejects(accounts.change('kimi', addParked), /kimi changes too fast/);
  assert.ok(tries > 20 && tries < 200, `${tries} tries`);
});

test('an account that cannot be read is named with its attribute', async (t) => {
  const { table } = await startStateTable(t);
  await table.put({
    pk: 'RATE#kimi#account',
    sk: 'ACCOUNT',
    account: '{"parked":"secret"}',
    written_by: 'x',
  });
  await assert.rejects(
    open(table).read('kimi'),
    ({ message }: Error) =>
      /token account cannot be read: account: /.test(message) && !/secret/.test(message),
  );
});
