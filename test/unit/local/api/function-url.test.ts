import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mostSpecific } from '../../../../local/api/function-url.ts';

test('of function URLs whose paths overlap the most specific one answers, whatever their order', () => {
  const at = (specificity: number) => ({ specificity: () => specificity });
  const [none, short, long] = [at(0), at(4), at(9)];
  assert.equal(mostSpecific([none, short, long], '/any'), long);
  assert.equal(mostSpecific([long, none, short], '/any'), long);
  assert.equal(mostSpecific([none], '/any'), undefined);
});
