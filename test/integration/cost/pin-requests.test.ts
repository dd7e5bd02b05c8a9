import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { paths } from '../../../bench/cost/paths.ts';
import {
  countPin,
  describeDifference,
  type Pin,
  pinnedRows,
  readPins,
  startPinnedWorld,
  sumOf,
} from '../../../bench/cost/pinned-requests.ts';
import type { World } from '../../../bench/cost/world.ts';

const pins = await readPins();
/** What a function reads now and then is not a task's. */
const tries = 3;

describe('requests to AWS, one task at a time: `npm run bench:cost -- --pin` pins what is counted', () => {
  let world: World;
  before(async () => {
    world = await startPinnedWorld();
  });
  after(() => world.stop());

  it('has a pin for each path', () => {
    assert.deepEqual(Object.keys(pins), Object.keys(pinnedRows));
  });

  for (const [name, row] of Object.entries(pinnedRows))
    it(`${name}: no more than its pin`, async (t) => {
      const pin = pins[name] ?? { requests: {}, readers: {} };
      // How changes of ten tasks fall together is chance.
      const isOne = paths[row.path].tasks === 1;
      const isMore = (counted: Pin) =>
        sumOf(counted) > sumOf(pin) ||
        (isOne &&
          Object.entries(counted.readers).some(([reader, count]) => count > (pin.readers[reader] ?? 0)));
      let counted = await countPin(world, row);
      for (let other = 1; other < tries && isMore(counted); other += 1) counted = await countPin(world, row);
      assert.ok(!isMore(counted), describeDifference(pin, counted));
      if (sumOf(counted) < sumOf(pin)) t.diagnostic(`Fewer than pinned: ${describeDifference(pin, counted)}`);
    });
});
