import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startWorld } from '../../../fakes/scheduling/start-world.ts';

test('a limit over two providers takes at most four requests a call at the table of slots', async (t) => {
  const world = startWorld(t, { providers: { kimi: 10, qwen: 10 }, globalLimit: 5, callMs: 500 });
  await world.submit(100, { provider: 'kimi' });
  await world.submit(100, { provider: 'qwen' });
  assert.ok(await world.drain(60_000));
  assert.equal(world.mostAtOnce('all'), 5);
  const requests = ['change', 'parkTicket'].reduce(
    (sum, name) => sum + (world.requests.get(`slotStore.${name}`) ?? 0),
    0,
  );
  assert.ok(requests <= 4 * 200, `${requests / 200} a call`);
});
