import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDynamoProviderStates } from '../../../adapters/dynamo-provider-states.ts';
import {
  createDynamoStoredLimits,
  createLimitsReader,
  createTenantLimits,
} from '../../../adapters/dynamo-tenant-limits.ts';
import { createDynamoTenantQueue } from '../../../adapters/dynamo-tenant-queue.ts';
import { startStateTable } from '../providers/start-state-table.ts';

const configured = { acme: { max_waiting: 10, budget_per_day: 1 }, other: { max_waiting: 3 } };

test('stored limits come with the states of providers, at no request of their own', async (t) => {
  const { table, takeOperations } = await startStateTable(t);
  const stored = createDynamoStoredLimits({ table });
  await stored.write('acme', { max_waiting: 5, budget_per_day: null });
  takeOperations();
  const { row, limitsOf } = createTenantLimits(configured);
  assert.deepEqual(limitsOf('acme'), configured.acme);
  let clock = 1_000;
  const states = createDynamoProviderStates({ table, providers: ['kimi'], now: () => clock, beside: [row] });
  await states.read();
  assert.deepEqual(
    [limitsOf('acme'), limitsOf('other'), limitsOf('new')],
    [{ max_waiting: 5 }, configured.other, {}],
  );
  assert.deepEqual(takeOperations(), ['BatchGetItem']);
  await stored.write('acme', {});
  clock += 1_500;
  await states.read();
  assert.deepEqual(limitsOf('acme'), configured.acme);
  assert.deepEqual(await stored.read(), {});
});

test('what cannot be read leaves that tenant to the configuration, and the others as they are', async (t) => {
  const { table } = await startStateTable(t);
  const stored = createDynamoStoredLimits({ table });
  await stored.write('other', { max_waiting: 1 });
  await table.update({ key: { pk: 'TENANTS', sk: 'LIMITS' }, set: { acme: '{"max_waiting":"many"}' } });
  const read = createLimitsReader({ table, configured, clock: Date.now });
  assert.deepEqual([await read('acme'), await read('other')], [configured.acme, { max_waiting: 1 }]);
});

test('a tenant’s waiting tasks are those counted and those noted since', async (t) => {
  const { table } = await startStateTable(t);
  await table.put({ pk: 'STATS#acme', sk: 'TOTAL', tasks_queued: 4 });
  let clock = 10_000;
  const open = [{ tenant: 'acme' }, { tenant: 'other' }, { tenant: 'acme' }] as never[];
  let listings = 0;
  const queue = createDynamoTenantQueue({
    table,
    tasks: {
      listOpen: async (provider) => {
        listings += 1;
        return { tasks: provider === 'kimi' ? open : [], nextCursor: undefined };
      },
    },
    providers: ['kimi', 'qwen'],
    clock: () => clock,
  });
  queue.noteAccepted('acme', 2, clock);
  queue.noteAccepted('other', 7, clock);
  assert.equal(await queue.countWaiting('acme', clock), 6);
  clock += 2_000;
  assert.equal(await queue.countWaiting('acme', clock), 4);
  assert.deepEqual([await queue.hasOpen('acme', 3), await queue.hasOpen('acme', 2)], [false, true]);
  const before = listings;
  assert.equal(await queue.hasOpen('acme', 2), true);
  assert.equal(listings, before, 'a caller who is refused asks again soon');
});
