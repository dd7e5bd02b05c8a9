import assert from 'node:assert/strict';
import test from 'node:test';
import { createJsonSchemas } from '../../../../adapters/json-schemas.ts';
import { readJson } from '../../../../core/json/read-json.ts';
import { countValues, shapeOf } from '../../../../core/task-types/data-shape.ts';
import { outlineSchema } from '../../../../core/task-types/outline-schema.ts';

const schemas = createJsonSchemas();

async function fits(data: unknown, cleaned: unknown): Promise<boolean> {
  const verdict = await schemas.validate(shapeOf(data), cleaned);
  return verdict.kind === 'checked' && verdict.faults.length === 0;
}

const users = {
  users: [
    { name: ' ALICE ', age: '7' },
    { name: 'bob', age: null },
  ],
};

test('what is cleaned has the members of the data, and values of any kind', async () => {
  assert.ok(
    await fits(users, {
      users: [
        { name: 'Alice', age: 7 },
        { name: 'Bob', age: null },
      ],
    }),
  );
  assert.ok(await fits(users, { users: [{ name: 'Alice', age: 7 }] }), 'a duplicate may go');
  assert.equal(await fits(users, { users: [{ name: 'Alice' }] }), false);
  assert.equal(await fits(users, { users: [{ name: 'Alice', age: 7, note: 'x' }] }), false);
  assert.equal(await fits(users, { users: [...users.users, ...users.users] }), false);
  assert.ok(await fits('a ; b', 'a; b'));
});

test('a model is told the members, each once', () => {
  assert.equal(
    outlineSchema(shapeOf({ rows: [{ 城市: ' 北京' }, { 城市: '未知' }] })),
    '{\n  "rows": [{"城市": any single value}, …] (at most 2 items)\n}',
  );
});

test('no more changes are asked for than there are values', () => {
  assert.deepEqual([users, 'text', [], { a: [1, { b: null }] }].map(countValues), [4, 1, 0, 2]);
});

test('a number that is kept as it was written is one value', async () => {
  const data = readJson('{"id":9007199254740993}');
  assert.ok(await fits(data, readJson('{"id":9007199254740993}')));
  assert.equal(countValues(data), 1);
});

test('what differs, and what is long, is left free', async () => {
  assert.deepEqual(shapeOf([{ a: 1 }, { b: 2 }]), { type: 'array', items: {}, maxItems: 2 });
  const wide = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`member ${index}`, 'x']));
  assert.deepEqual(shapeOf(wide), {});
  const long = 'x'.repeat(1_000);
  assert.ok(await fits({ text: long }, { text: `${long}${long}${long}` }), 'a long text has no bound');
});
