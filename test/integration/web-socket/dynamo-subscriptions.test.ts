import assert from 'node:assert/strict';
import test from 'node:test';
import { createDynamoSubscriptions } from '../../../adapters/dynamo-subscriptions.ts';
import type { Subscription } from '../../../core/web-socket/subscriptions.ts';
import { startTable } from '../events/start-table.ts';

const now = Date.UTC(2026, 0, 1);
const task = (id: string): Subscription => ({ kind: 'task', id });

test('a new connection gets every event, one with subscriptions only those, a removed one none', async (t) => {
  const table = await startTable(t);
  const subscriptions = createDynamoSubscriptions({ table });
  const idsOf = async (tenant = 'default') =>
    (await subscriptions.subscribersToAll(tenant)).all.map((each) => each.connectionId);
  const subscribersOf = async (subscription: Subscription) =>
    (await subscriptions.subscribersTo('default', subscription)).map((each) => each.connectionId);

  await subscriptions.add('a', 'default', now);
  await subscriptions.add('b', 'default', now);
  await subscriptions.add('c', 'other', now);
  assert.deepEqual(await subscriptions.subscribersToAll('default'), {
    all: [
      { connectionId: 'a', connectedAt: now },
      { connectionId: 'b', connectedAt: now },
    ],
    someSubscribedById: false,
  });

  await subscriptions.subscribe(
    'b',
    'default',
    [task('1'), task('1'), { kind: 'batch', id: '1' }],
    now,
    false,
  );
  await subscriptions.subscribe('b', 'default', [task('2')], now + 1, false);
  assert.deepEqual(await idsOf(), ['a']);
  assert.equal((await subscriptions.subscribersToAll('default')).someSubscribedById, true);
  assert.deepEqual(await subscribersOf(task('1')), ['b']);
  assert.deepEqual(await subscribersOf({ kind: 'batch', id: '1' }), ['b']);
  assert.deepEqual(await subscriptions.subscribersTo('other', task('1')), []);

  await subscriptions.unsubscribe('b', 'default', [task('1')]);
  assert.deepEqual(await subscribersOf(task('1')), []);
  assert.deepEqual(await subscribersOf(task('2')), ['b']);

  await subscriptions.subscribeToAll('b', 'default', now);
  assert.deepEqual(await idsOf(), ['a', 'b']);
  assert.deepEqual(await subscribersOf(task('2')), []);

  await subscriptions.unsubscribeFromAll('b', 'default', now);
  assert.deepEqual(await idsOf(), ['a']);

  await subscriptions.subscribe('b', 'default', [task('3')], now, false);
  for (const id of ['a', 'b']) await subscriptions.remove(id, 'default');
  assert.deepEqual(await subscriptions.subscribersToAll('default'), { all: [], someSubscribedById: false });
  assert.deepEqual(await subscribersOf(task('3')), []);
  assert.deepEqual(await idsOf('other'), ['c']);
});

test('who reads answers as they are written is told with the subscribers, by what it said last', async (t) => {
  const table = await startTable(t);
  const subscriptions = createDynamoSubscriptions({ table });
  const readersOf = async (id: string) =>
    (await subscriptions.subscribersTo('default', task(id))).map(({ connectionId, deltas }) => [
      connectionId,
      deltas,
    ]);
  await subscriptions.subscribe('a', 'default', [task('1'), task('2')], now, true);
  await subscriptions.subscribe('b', 'default', [task('1')], now, false);
  assert.deepEqual(await readersOf('1'), [
    ['a', true],
    ['b', undefined],
  ]);
  await subscriptions.subscribe('a', 'default', [task('1')], now + 1, false);
  assert.deepEqual(await readersOf('1'), [
    ['a', undefined],
    ['b', undefined],
  ]);
  assert.deepEqual(await readersOf('2'), [['a', true]]);
});

test('more subscribers than a page are all found', async (t) => {
  const table = await startTable(t);
  const subscriptions = createDynamoSubscriptions({ table });
  const ids = Array.from({ length: 1_200 }, (_, index) => `c${String(index).padStart(4, '0')}`);
  await table.putMany(ids.map((sk) => ({ pk: 'LISTEN#default#task#1', sk })));
  const found = await subscriptions.subscribersTo('default', task('1'));
  assert.deepEqual(
    found.map(({ connectionId }) => connectionId),
    ids,
  );
});

test('every row of a connection has a time to live', async (t) => {
  const table = await startTable(t);
  await createDynamoSubscriptions({ table }).subscribe('a', 'default', [task('1')], now, false);
  for (const pk of ['CONNECTION#a', 'LISTEN#default', 'LISTEN#default#task#1']) {
    const { items } = await table.query({ where: '#pk = :pk', values: { pk } });
    assert.equal(items.length, 1);
    assert.equal(items[0]?.ttl, now / 1000 + 7_800);
  }
});

test('a connection is known as long as anything is stored of it, whatever it subscribed to', async (t) => {
  const subscriptions = createDynamoSubscriptions({ table: await startTable(t) });
  const isKnown = () => subscriptions.isKnown('a', 'default');
  assert.equal(await isKnown(), false);
  await subscriptions.add('a', 'default', now);
  assert.equal(await isKnown(), true);
  await subscriptions.subscribe('a', 'default', [task('1')], now, false);
  assert.equal(await isKnown(), true);
  await subscriptions.unsubscribeFromAll('a', 'default', now);
  assert.equal(await isKnown(), true, 'it asked for silence');
  assert.equal(await subscriptions.isKnown('a', 'other'), false);
  await subscriptions.remove('a', 'default');
  assert.equal(await isKnown(), false);
});
