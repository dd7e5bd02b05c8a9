import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTaskTypes } from '../../../../console/state/task-types.ts';
import { clientDocument } from '../../../../scripts/client/client-document.ts';

test('the types of a deployment are read from its document, with title and what they need', () => {
  const description =
    'What to do:\n- custom (Custom): needs `prompt`; free text\n- tag_text (Tags (few)): needs `data`, or a `prompt`';
  const type = { enum: ['custom', 'tag_text', 'bare'], description };
  const document = { components: { schemas: { TaskRequest: { properties: { type } } } } };
  assert.deepEqual(readTaskTypes(document), [
    { name: 'custom', title: 'Custom', needs: 'prompt' },
    { name: 'tag_text', title: 'Tags (few)', needs: 'data' },
    { name: 'bare', title: 'bare', needs: 'data' },
  ]);
});

test('the service’s own document has them in this form', () => {
  const found = readTaskTypes(clientDocument() as unknown as Record<string, unknown>);
  assert.ok(found.length >= 6);
  assert.deepEqual(
    found.find(({ name }) => name === 'custom'),
    { name: 'custom', title: 'Custom', needs: 'prompt' },
  );
  for (const { name, title } of found) assert.notEqual(title, name);
});

test('of a document without them there is the custom type', () => {
  assert.deepEqual(
    readTaskTypes({}).map(({ name }) => name),
    ['custom'],
  );
});
