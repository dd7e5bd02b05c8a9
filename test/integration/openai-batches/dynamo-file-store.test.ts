import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDynamoFileStore } from '../../../adapters/dynamo-file-store.ts';
import type { StoredFile } from '../../../core/files/file.ts';
import { start } from '../../make-task.ts';
import { startTable } from '../events/start-table.ts';

const fileOf = (number: number, members: Partial<StoredFile> = {}): StoredFile => ({
  ...{ tenant: 'default', fileId: `file-${number}`, filename: 'f', purpose: 'batch', bytes: 1 },
  ...{ createdAt: start, expiresAt: start + 60_000, parts: [{ objectKey: 'o', bytes: 1 }] },
  ...members,
});

test('a list has files of every purpose, or of one; none that has expired, and none of another tenant', async (t) => {
  const files = createDynamoFileStore({ table: await startTable(t) });
  await files.create(fileOf(1));
  await files.create(fileOf(2, { purpose: 'user_data' }));
  await files.create(fileOf(3, { expiresAt: start }));
  await files.create(fileOf(4));
  await files.create(fileOf(5, { tenant: 'other' }));
  const list = async (query: Partial<Parameters<typeof files.list>[1]> = {}) => {
    const asked = { after: undefined, limit: 10, newestFirst: false, purpose: undefined, ...query };
    const { files: found, hasMore } = await files.list('default', asked, start);
    return [found.map(({ fileId }) => fileId).join(), hasMore];
  };
  assert.deepEqual(await list(), ['file-1,file-2,file-4', false]);
  assert.deepEqual(await list({ newestFirst: true, limit: 2 }), ['file-4,file-2', true]);
  assert.deepEqual(await list({ purpose: 'batch' }), ['file-1,file-4', false]);
  assert.deepEqual(await list({ purpose: 'batch', limit: 1 }), ['file-1', true]);
  assert.deepEqual(await list({ purpose: 'batch', limit: 1, after: 'file-1' }), ['file-4', false]);
  assert.equal(await files.get('default', 'file-3', start), undefined);
});
