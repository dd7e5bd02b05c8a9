import assert from 'node:assert/strict';
import test from 'node:test';
import { createDynamoReplayRate } from '../../../adapters/dynamo-replay-rate.ts';
import { replaysPerMinute } from '../../../core/web-socket/replay-rate.ts';
import { startTable } from '../events/start-table.ts';

const now = Date.UTC(2026, 0, 1);

test('a connection has so many replays a minute, taken one by one or at once, and another its own', async (t) => {
  const table = await startTable(t);
  const rate = createDynamoReplayRate({ table });
  const taken = await Promise.all(Array.from({ length: replaysPerMinute + 5 }, () => rate.take('a', now)));
  assert.equal(taken.filter(Boolean).length, replaysPerMinute);
  assert.equal(await rate.take('a', now + 59_999), false);
  assert.equal(await rate.take('b', now), true);
  assert.equal(await rate.take('a', now + 60_000), true);
  assert.equal(await rate.take('a', now + 60_001), true);
});
