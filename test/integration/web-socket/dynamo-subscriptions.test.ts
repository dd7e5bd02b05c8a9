import assert from 'node:assert/strict';
import test from 'node:test';
import { createDynamoConnections } from '../../../adapters/dynamo-subscriptions.ts';
import type { Topic } from '../../../core/web-socket/subscriptions.ts';
import { startTable } from '../events/start-table.ts';

const now = Date.UTC(2026, 0, 1);
const task = (id: string): Topic => ({ kind: 'task', id });

test('a new connection follows everything, one with topics only those, and a removed one nothing', async (t) => {
  const table = await startTable(t);
  const connections = createDynamoConnections({ table });
  const idsOf = async (tenant = 'default') =>
    (await connections.listeners(tenant)).all.map((each) => each.connectionId);
  const followersOf = async (topic: Topic) =>
    (await connections.followers('default', topic)).map((each) => each.connectionId);

  await connections.add('a', 'default', now);
  await connections.add('b', 'default', now);
  await connections.add('c', 'other', now);
  assert.deepEqual(await connections.listeners('default'), {
    all: [
      { connectionId: 'a', connectedAt: now },
      { connectionId: 'b', connectedAt: now },
    ],
    someFollowTopics: false,
  });

  await connections.follow('b', 'default', [task('1'), task('1'), { kind: 'batch', id: '1' }], now);
  await connections.follow('b', 'default', [task('2')], now + 1);
  assert.deepEqual(await idsOf(), ['a']);
  assert.equal((await connections.listeners('default')).someFollowTopics, true);
  assert.deepEqual(await followersOf(task('1')), ['b']);
  assert.deepEqual(await followersOf({ kind: 'batch', id: '1' }), ['b']);
  assert.deepEqual(await connections.followers('other', task('1')), []);

  await connections.unfollow('b', 'default', [task('1')]);
  assert.deepEqual(await followersOf(task('1')), []);
  assert.deepEqual(await followersOf(task('2')), ['b']);

  await connections.followAll('b', 'default', now);
  assert.deepEqual(await idsOf(), ['a', 'b']);
  assert.deepEqual(await followersOf(task('2')), []);

  await connections.unfollowAll('b', 'default', now);
  assert.deepEqual(await idsOf(), ['a']);

  await connections.follow('b', 'default', [task('3')], now);
  for (const id of ['a', 'b']) await connections.remove(id, 'default');
  assert.deepEqual(await connections.listeners('default'), { all: [], someFollowTopics: false });
  assert.deepEqual(await followersOf(task('3')), []);
  assert.deepEqual(await idsOf('other'), ['c']);
});

test('more followers than a page are all found', async (t) => {
  const table = await startTable(t);
  const connections = createDynamoConnections({ table });
  const ids = Array.from({ length: 1_200 }, (_, index) => `c${String(index).padStart(4, '0')}`);
  await table.putMany(ids.map((sk) => ({ pk: 'LISTEN#default#task#1', sk })));
  const found = await connections.followers('default', task('1'));
  assert.deepEqual(
    found.map(({ connectionId }) => connectionId),
    ids,
  );
});

test('every row of a connection ends by itself', async (t) => {
  const table = await startTable(t);
  await createDynamoConnections({ table }).follow('a', 'default', [task('1')], now);
  for (const pk of ['CONNECTION#a', 'LISTEN#default', 'LISTEN#default#task#1']) {
    const { items } = await table.query({ where: '#pk = :pk', values: { pk } });
    assert.equal(items.length, 1);
    assert.equal(items[0]?.ttl, now / 1000 + 7_800);
  }
});
