import * as z from 'zod';
import { type StoredFile, storedPurposes } from '../core/files/file.ts';
import type { FileStore } from '../core/files/file-store.ts';
import type { Item } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { jsonText, parseItem } from './parse-item.ts';

export const StoredPurpose = z.enum(storedPurposes);

/** `sk` is the id, which sorts by time. Times are epoch milliseconds, `ttl` is in seconds; parts are keys and sizes. */
const FileRow = z.object({
  pk: z.string(),
  sk: z.string(),
  filename: z.string(),
  purpose: StoredPurpose,
  bytes: z.number(),
  created_at: z.number(),
  expires_at: z.number(),
  parts: jsonText(z.array(z.tuple([z.string(), z.number()]))),
  ttl: z.number(),
});
type FileRow = z.input<typeof FileRow>;

const partition = (tenant: string) => `FILE#${tenant}`;

/** One row of the state table for each file, all of a tenant in one partition. */
export function createDynamoFileStore({ table }: { table: DynamoTable }): FileStore {
  return {
    async create(file) {
      const row: FileRow = {
        pk: partition(file.tenant),
        sk: file.fileId,
        filename: file.filename,
        purpose: file.purpose,
        bytes: file.bytes,
        created_at: file.createdAt,
        expires_at: file.expiresAt,
        parts: JSON.stringify(file.parts.map(({ objectKey, bytes }) => [objectKey, bytes])),
        ttl: Math.ceil(file.expiresAt / 1_000),
      };
      await table.put<FileRow>(row, 'attribute_not_exists(#pk)');
    },

    async get(tenant, fileId, now) {
      const item = await table.get({ pk: partition(tenant), sk: fileId }, { consistent: true });
      const file = item && fromRow(tenant, item);
      return file && file.expiresAt > now ? file : undefined;
    },

    async list(tenant, { after, limit, newestFirst, purpose }, now) {
      const pk = partition(tenant);
      const files: StoredFile[] = [];
      let startKey: Item | undefined = after === undefined ? undefined : { pk, sk: after };
      // One more than is asked for says whether there are more.
      while (files.length <= limit) {
        const { items, lastKey } = await table.query({
          where: '#pk = :pk',
          values: { pk },
          limit: limit + 1,
          newestFirst,
          startKey,
          consistent: true,
        });
        const found = items.map((item) => fromRow(tenant, item));
        files.push(
          ...found.filter(
            (file) => file.expiresAt > now && (purpose === undefined || file.purpose === purpose),
          ),
        );
        startKey = lastKey;
        if (!startKey) break;
      }
      return { files: files.slice(0, limit), hasMore: files.length > limit };
    },

    async delete(tenant, fileId) {
      await table.delete({ pk: partition(tenant), sk: fileId });
    },
  };
}

function fromRow(tenant: string, item: Item): StoredFile {
  const row = parseItem('The row of a file', FileRow, item);
  return {
    tenant,
    fileId: row.sk,
    filename: row.filename,
    purpose: row.purpose,
    bytes: row.bytes,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    parts: row.parts.map(([objectKey, bytes]) => ({ objectKey, bytes })),
  };
}
