import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createDynamoSlotStore } from '../../../adapters/dynamo-slot-store.ts';
import type { DynamoTable } from '../../../adapters/dynamo-table.ts';
import {
  parkingKey,
  type SlotChange,
  type SlotLease,
  typeLevel,
} from '../../../core/scheduling/slot-store.ts';
import { startStateTable } from '../providers/start-state-table.ts';
import { loseAnswers } from './lose-answers.ts';

const cleanups: (() => Promise<void>)[] = [];
let table: DynamoTable;
before(async () => {
  ({ table } = await startStateTable({ after: (clean) => cleanups.push(clean) }));
});
beforeEach(async () => void (await table.delete({ pk: 'SEMAPHORE', sk: 'LEASES' })));
after(() => Promise.all(cleanups.map((clean) => clean())));

const now = 1_800_000_000_000;
const custom = typeLevel('custom');
const parked = parkingKey('global', 'kimi');
const lease = (...levels: string[]): SlotLease => ({ levels, from: now, until: now + 60_000 });

const open = () => createDynamoSlotStore({ table });
const openAfterLostAnswers = () => createDynamoSlotStore({ table: loseAnswers(table) });
const applies = async (change: SlotChange) => (await open().change(change)).applied;
const take = (holder: string, limits: Record<string, number>): SlotChange => ({
  holder,
  from: undefined,
  to: lease(...Object.keys(limits)),
  limits,
});
const repeat = <T>(times: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: times }, (_, index) => work(index)));

test('a table that was never written is empty', async () => {
  const { leases, taken, parkedTickets, waits } = await open().read();
  assert.deepEqual([leases.size, taken('global'), parkedTickets(parked), waits('custom')], [0, 0, 0, 0]);
});

test('a lease is read as it was written, and counted at each of its levels', async () => {
  const written = lease('global', 'provider_my-kimi', custom);
  const { applied, table: changed } = await open().change({ holder: 'a', from: undefined, to: written });
  assert.equal(applied, true);
  for (const { leases, taken } of [changed, await open().read()]) {
    assert.deepEqual([...leases], [['a', written]]);
    assert.deepEqual([taken('global'), taken('provider_my-kimi'), taken(custom)], [1, 1, 1]);
  }
});

test('only levels that are new or gone are counted', async () => {
  const [one, two, three] = [lease('global'), lease('global', custom), lease('global')];
  await open().change({ holder: 'a', from: undefined, to: one });
  await open().change({ holder: 'a', from: one, to: two });
  const taken = async () => {
    const found = await open().read();
    return [found.taken('global'), found.taken(custom)];
  };
  assert.deepEqual(await taken(), [1, 1]);
  await open().change({ holder: 'a', from: two, to: { ...three, until: now + 120_000 } });
  assert.deepEqual(await taken(), [1, 0]);
  await open().change({ holder: 'a', from: { ...three, until: now + 120_000 }, to: undefined });
  assert.deepEqual(await taken(), [0, 0]);
});

test('a change is applied only while the lease is as its holder knows it', async () => {
  assert.equal(await applies({ holder: 'a', from: lease('global'), to: undefined }), false, 'it has none');
  assert.equal(await applies(take('a', { global: 5 })), true);
  const other = { ...lease('global'), until: now + 90_000 };
  assert.equal(await applies({ holder: 'a', from: undefined, to: other }), false, 'it has one');
  assert.equal(await applies({ holder: 'a', from: other, to: undefined }), false, 'it has another');
  const { leases, taken } = await open().read();
  assert.deepEqual([leases.get('a'), taken('global')], [lease('global'), 1]);
});

test('a change is applied only while each level has a free slot; refused, it takes none', async () => {
  assert.equal(await applies(take('a', { global: 5, [custom]: 1 })), true);
  const refused = await open().change(take('b', { global: 5, [custom]: 1 }));
  assert.equal(refused.applied, false);
  assert.deepEqual([...refused.table.leases.keys()], ['a'], 'as it was');
  assert.deepEqual([refused.table.taken('global'), refused.table.taken(custom)], [1, 1]);
  assert.equal(await applies(take('b', { global: 5 })), true);
  assert.equal(await applies(take('c', { global: 0 })), false);
});

test('a change is applied only while as many waits were counted as its holder saw', async () => {
  await open().change(take('a', { [custom]: 1 }));
  const release = (count: number): SlotChange => ({
    holder: 'a',
    from: lease(custom),
    to: undefined,
    waits: { type: 'custom', count },
  });
  assert.equal(await applies(release(1)), false);
  await open().countWait('custom', custom, 1);
  assert.equal(await applies(release(0)), false);
  assert.equal(await applies(release(1)), true);
  await open().change(take('a', { 'type_never-waited-for': 1 }));
  const from = lease('type_never-waited-for');
  const waits = { type: 'never-waited-for', count: 0 };
  assert.equal(await applies({ holder: 'a', from, to: undefined, waits }), true);
});

test('a change is applied only while no ticket is parked under the keys that it names', async () => {
  const other = parkingKey('global', 'qwen');
  const release: SlotChange = {
    holder: 'a',
    from: lease('global'),
    to: undefined,
    mostParked: { [parked]: 0, [other]: 0 },
  };
  await open().change(take('a', { global: 1 }));
  await open().parkTicket(other, 'global', 1);
  assert.equal(await applies(release), false);
  await open().change({ holder: 'b', from: undefined, to: undefined, unpark: other });
  assert.equal(await applies(release), true, 'none is left');
});

test('a parked ticket is taken once, and with it the slot is kept', async () => {
  await open().change(take('a', { global: 1 }));
  await open().parkTicket(parked, 'global', 1);
  const kept = { ...lease('global'), until: now + 90_000 };
  const goOn: SlotChange = { holder: 'a', from: lease('global'), to: kept, unpark: parked };
  assert.equal(await applies(goOn), true);
  assert.equal(await applies({ ...goOn, from: kept, to: lease('global') }), false, 'there is none left');
  const { parkedTickets, taken } = await open().read();
  assert.deepEqual([parkedTickets(parked), taken('global')], [0, 1]);
});

test('a ticket is parked, and a wait counted, only while the level is full', async () => {
  assert.equal((await open().parkTicket(parked, 'global', 1)).applied, false);
  assert.equal((await open().countWait('custom', custom, 1)).applied, false);
  await open().change(take('a', { global: 1, [custom]: 1 }));
  assert.equal((await open().parkTicket(parked, 'global', 2)).applied, false);
  const parking = await open().parkTicket(parked, 'global', 1);
  assert.deepEqual([parking.applied, parking.table.parkedTickets(parked)], [true, 1]);
  const waiting = await open().countWait('custom', custom, 1);
  assert.deepEqual([waiting.applied, waiting.table.waits('custom')], [true, 1]);
});

test('the names of levels, types and providers may hold what attribute names may not', async () => {
  const level = typeLevel('my.type-1');
  const key = parkingKey('provider_my.kimi-2', 'my.kimi-2');
  await open().change(take('a:b/c.d', { [level]: 1, 'provider_my.kimi-2': 1 }));
  await open().parkTicket(key, 'provider_my.kimi-2', 1);
  await open().countWait('my.type-1', level, 1);
  const found = await open().read();
  assert.deepEqual([...found.leases.keys()], ['a:b/c.d']);
  assert.deepEqual([found.taken(level), found.parkedTickets(key), found.waits('my.type-1')], [1, 1, 1]);
});

test('a change whose answer was lost is made once, and answered as made', async () => {
  const store = openAfterLostAnswers();
  assert.equal((await store.change(take('a', { global: 1 }))).applied, true);
  const wider = { ...lease('global', custom), until: now + 61_000 };
  const widened = await store.change({
    holder: 'a',
    from: lease('global'),
    to: wider,
    limits: { [custom]: 1 },
  });
  assert.deepEqual(
    [widened.applied, widened.table.taken('global'), widened.table.taken(custom)],
    [true, 1, 1],
  );
  const renewed = { ...wider, until: now + 62_000 };
  assert.equal((await store.change({ holder: 'a', from: wider, to: renewed })).applied, true);

  await open().parkTicket(parked, 'global', 1);
  await open().parkTicket(parked, 'global', 1);
  const next = { ...lease('global'), until: now + 63_000 };
  const goesOn = await store.change({ holder: 'a', from: renewed, to: next, unpark: parked });
  assert.deepEqual(
    [goesOn.applied, goesOn.table.parkedTickets(parked), goesOn.table.taken(custom)],
    [true, 1, 0],
  );
});

test('a release whose answer was lost frees one slot, and finds the holder gone', async () => {
  await open().change(take('a', { global: 5 }));
  await open().change(take('b', { global: 5 }));
  const outcome = await openAfterLostAnswers().change({ holder: 'a', from: lease('global'), to: undefined });
  assert.deepEqual([...outcome.table.leases.keys()], ['b']);
  assert.equal(outcome.table.taken('global'), 1);
});

test('a parking whose answer was lost counts one ticket too many at worst, none too few', async () => {
  await open().change(take('a', { global: 1 }));
  const { applied, table: found } = await openAfterLostAnswers().parkTicket(parked, 'global', 1);
  assert.equal(applied, true);
  assert.ok(found.parkedTickets(parked) >= 1);
});

test('of twenty at once on a table that was never written, exactly as many get in as there are slots', async () => {
  const outcomes = await repeat(20, (index) => applies(take(`holder-${index}`, { global: 12, [custom]: 7 })));
  assert.equal(outcomes.filter(Boolean).length, 7);
  const { leases, taken } = await open().read();
  assert.deepEqual([leases.size, taken('global'), taken(custom)], [7, 7, 7]);
});

test('twenty changes at once lose nothing: slots, parked tickets, waits', async () => {
  await open().change(take('full', { global: 1, [custom]: 1 }));
  await repeat(20, async (index) => {
    const holder = `holder-${index}`;
    const store = index % 2 === 0 ? open() : openAfterLostAnswers();
    await store.change({ holder, from: undefined, to: lease('provider_kimi') });
    await open().parkTicket(parked, 'global', 1);
    await open().countWait('custom', custom, 1);
    if (index % 4 < 2) await store.change({ holder, from: lease('provider_kimi'), to: undefined });
  });
  const { leases, taken, parkedTickets, waits } = await open().read();
  assert.deepEqual([leases.size, taken('provider_kimi')], [11, 10]);
  assert.deepEqual([parkedTickets(parked), waits('custom')], [20, 20]);
});

test('of twenty who free a slot at once each takes another parked ticket', async () => {
  await repeat(20, (index) => open().change(take(`holder-${index}`, { global: 20 })));
  await repeat(8, () => open().parkTicket(parked, 'global', 20));
  const kept = { ...lease('global'), until: now + 90_000 };
  const outcomes = await repeat(20, (index) =>
    applies({ holder: `holder-${index}`, from: lease('global'), to: kept, unpark: parked }),
  );
  assert.equal(outcomes.filter(Boolean).length, 8);
  assert.equal((await open().read()).parkedTickets(parked), 0);
});

test('a lease of an earlier version is read, and dropped with its slots', async () => {
  const l = { 'ticket-1': `global|provider_kimi|${now - 90_000}|${now - 30_000}` };
  await table.put({ pk: 'SEMAPHORE', sk: 'LEASES', l, n_global: 1, n_provider_kimi: 1 });
  const from = (await open().read()).leases.get('ticket-1');
  assert.deepEqual(from, { levels: ['global', 'provider_kimi'], from: now - 90_000, until: now - 30_000 });
  assert.equal(await applies({ holder: 'ticket-1', from, to: undefined }), true);
  const { leases, taken } = await open().read();
  assert.deepEqual([leases.size, taken('global'), taken('provider_kimi')], [0, 0, 0]);
});

test('a table of twenty leases costs a unit to change', async () => {
  const holders = await repeat(20, async (index) => {
    const holder = `0f8a2c1b-4d${String(index).padStart(2, '0')}`;
    await open().change({ ...take(holder, { provider_kimi: 20 }), to: lease('global', 'provider_kimi') });
    return holder;
  });
  await open().parkTicket(parkingKey('provider_kimi', 'kimi'), 'provider_kimi', 20);
  assert.equal((await open().read()).leases.size, holders.length);
  const item = await table.get({ pk: 'SEMAPHORE', sk: 'LEASES' });
  assert.ok(Buffer.byteLength(JSON.stringify(item)) <= 1_024, JSON.stringify(item));
});

test('what is no lease is refused', async () => {
  for (const text of ['global', 'global|1800000000000', `global ${now}`, '', 7]) {
    await table.put({ pk: 'SEMAPHORE', sk: 'LEASES', l: { a: text } });
    await assert.rejects(open().read(), /table of slots/, String(text));
  }
});

test('a level that was counted wrongly is counted anew, while as many are counted', async () => {
  const l = { 'ticket-1': `global|type_custom|${now}|${now + 60_000}` };
  await table.put({ pk: 'SEMAPHORE', sk: 'LEASES', l, n_global: 1, n_type_custom: 3 });
  const seen = await open().read();
  await open().change(take('a', { [custom]: 5 }));
  assert.equal(await open().recount(custom, seen), false, 'another slot was taken');
  await open().change({ holder: 'a', from: lease(custom), to: undefined });
  assert.equal(await openAfterLostAnswers().recount(custom, seen), true);
  const { taken } = await open().read();
  assert.deepEqual([taken('global'), taken(custom)], [1, 1]);
  assert.equal(await open().recount(custom, seen), false, 'it is not counted so any more');
});

test('a recount that is repeated after a lost answer takes no slot away that was taken since', async () => {
  const l = { 'ticket-1': `type_custom|${now}|${now + 60_000}` };
  await table.put({ pk: 'SEMAPHORE', sk: 'LEASES', l, n_type_custom: 2 });
  const between: DynamoTable = {
    ...table,
    update: async (update) => {
      await table.update(update);
      await open().change(take('a', { [custom]: 2 }));
      return table.update(update);
    },
  };
  const seen = await open().read();
  assert.equal(await createDynamoSlotStore({ table: between }).recount(custom, seen), true);
  assert.equal((await open().read()).taken(custom), 2);
});
