import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operations, streamOperations } from '../../../../core/http-contract/operations.ts';

const withBody = [...operations, ...streamOperations].filter(({ body }) => body);

test('every body has an example, which is accepted', () => {
  assert.ok(withBody.length >= 7);
  for (const { id, body, example } of withBody) {
    assert.notEqual(example, undefined, `${id} has no \`example\`: the page at /docs begins with it`);
    const { error } = body?.safeParse(example) ?? {};
    assert.equal(error, undefined, id);
  }
});
