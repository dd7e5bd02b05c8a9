import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDynamoSweepState } from '../../../adapters/dynamo-sweep-state.ts';
import { providerTotalsKey } from '../../../adapters/statistics-rows.ts';
import type { Suspicions } from '../../../core/scheduling/sweep-state.ts';
import { startStateTable } from '../providers/start-state-table.ts';

const now = 1_800_000_000_000;
const suspicions: Suspicions = {
  missingTickets: 3,
  counts: '{"tickets":{"visible":1}}',
  lostTasks: ['task_1', 'task_2'],
  idleSlots: ['global/kimi'],
  youngestStarted: { high: now - 1_000, low: now - 90_000 },
};

test('what a sweep saw is what the next one reads, provider by provider', async (t) => {
  const state = createDynamoSweepState({ table: (await startStateTable(t)).table });
  assert.equal(await state.read('kimi'), undefined);
  await state.write('kimi', suspicions, now);
  await state.write('*types', { ...suspicions, lostTasks: [] }, now);
  assert.deepEqual(await state.read('kimi'), suspicions);
  assert.deepEqual((await state.read('*types'))?.lostTasks, []);
  const next = { ...suspicions, missingTickets: 0, youngestStarted: {} };
  await state.write('kimi', next, now + 60_000);
  assert.deepEqual(await state.read('kimi'), next);
});

test('what is there already is not written again', async (t) => {
  const { table } = await startStateTable(t);
  let writes = 0;
  const count =
    <Rest extends unknown[], Answer>(write: (...rest: Rest) => Answer) =>
    (...rest: Rest) => {
      writes += 1;
      return write(...rest);
    };
  const state = createDynamoSweepState({
    table: { ...table, put: count(table.put), update: count(table.update) },
  });
  const sweep = async (seen: Suspicions) => {
    await state.read('kimi');
    await state.write('kimi', seen, now);
    await state.setGauges('kimi', { high: seen.missingTickets, normal: 2, low: 3 }, 4, now);
  };
  await sweep(suspicions);
  assert.equal(writes, 2);
  await sweep(suspicions);
  assert.equal(writes, 2);
  await sweep({ ...suspicions, missingTickets: 0 });
  assert.equal(writes, 4);
  assert.equal((await state.read('kimi'))?.missingTickets, 0);
});

test('gauges are set where no event has changed them for a while, else they would count twice', async (t) => {
  const { table } = await startStateTable(t);
  const state = createDynamoSweepState({ table });
  const gauges = async () => {
    const { queued_high, queued_normal, queued_low, processing } =
      (await table.get(providerTotalsKey('kimi'), { consistent: true })) ?? {};
    return [queued_high, queued_normal, queued_low, processing];
  };
  await state.setGauges('kimi', { high: 1, normal: 2, low: 3 }, 4, now);
  assert.deepEqual(await gauges(), [1, 2, 3, 4], 'nothing was ever counted');

  await table.update({ key: providerTotalsKey('kimi'), set: { updated_at: now } });
  await state.setGauges('kimi', { high: 0, normal: 0, low: 0 }, 0, now + 10_000);
  assert.deepEqual(await gauges(), [1, 2, 3, 4]);
  await state.setGauges('kimi', { high: 0, normal: 0, low: 9 }, 0, now + 60_000);
  assert.deepEqual(await gauges(), [0, 0, 9, 0]);
});

test('providers that were ever swept are remembered', async (t) => {
  const state = createDynamoSweepState({ table: (await startStateTable(t)).table });
  assert.deepEqual(await state.rememberProviders(['kimi', 'acme'], now), ['kimi', 'acme']);
  assert.deepEqual(await state.rememberProviders(['kimi'], now), ['kimi', 'acme']);
  assert.deepEqual(await state.rememberProviders(['box'], now), ['kimi', 'acme', 'box']);
});
