import assert from 'node:assert/strict';
import { test } from 'node:test';
import { once } from '../../../adapters/once.ts';

test('what is loaded once is loaded by the first call, and whoever calls meanwhile or later gets the same', async () => {
  let loads = 0;
  const open = once(async () => {
    loads += 1;
    return { load: loads };
  });
  assert.equal(loads, 0);
  const [first, second] = await Promise.all([open(), open()]);
  assert.equal(first, second);
  assert.equal(await open(), first);
  assert.equal(loads, 1);
});
