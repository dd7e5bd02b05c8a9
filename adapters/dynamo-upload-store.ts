import * as z from 'zod';
import type { Upload, UploadPart, UploadStore } from '../core/uploads/upload.ts';
import { StoredPurpose } from './dynamo-file-store.ts';
import type { Item, ItemKey } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { parseItem } from './parse-item.ts';

/** UPLOAD. Times are epoch milliseconds, `ttl` is in seconds. */
const UploadRow = z.object({
  status: z.enum(['pending', 'completed', 'cancelled']),
  filename: z.string(),
  purpose: StoredPurpose,
  bytes: z.number(),
  created_at: z.number(),
  expires_at: z.number(),
  file_life_ms: z.number(),
  file_id: z.string().optional(),
  ttl: z.number(),
});
type UploadRow = z.input<typeof UploadRow>;

/** PART#<id>, beside it. */
const PartRow = z.object({ sk: z.string(), object_key: z.string(), bytes: z.number(), ttl: z.number() });
type PartRow = z.input<typeof PartRow>;

/** An upload is told as completed, or expired, for a day after its hour. */
const toldMs = 86_400_000;

type UploadKey = Pick<Upload, 'tenant' | 'uploadId'>;

const partition = ({ tenant, uploadId }: UploadKey) => `UPLOAD#${tenant}#${uploadId}`;
const uploadKey = (key: UploadKey): ItemKey => ({ pk: partition(key), sk: 'UPLOAD' });
const partKey = (key: UploadKey, partId: string): ItemKey => ({ pk: partition(key), sk: `PART#${partId}` });
const ttlOf = ({ expiresAt }: Upload) => Math.ceil((expiresAt + toldMs) / 1_000);

/** Rows of the state table: one for an upload, and one for each of its parts, so that they may come side by side. */
export function createDynamoUploadStore({ table }: { table: DynamoTable }): UploadStore {
  async function read(key: UploadKey): Promise<Upload | undefined> {
    const item = await table.get(uploadKey(key), { consistent: true });
    return item && fromRow(key, item);
  }

  return {
    async create(upload) {
      await table.put<UploadRow>({
        ...uploadKey(upload),
        status: upload.status,
        filename: upload.filename,
        purpose: upload.purpose,
        bytes: upload.bytes,
        created_at: upload.createdAt,
        expires_at: upload.expiresAt,
        file_life_ms: upload.fileLifeMs,
        ttl: ttlOf(upload),
      });
    },

    get: (tenant, uploadId) => read({ tenant, uploadId }),

    async addPart(upload, { partId, objectKey, bytes }) {
      const { sk, ...key } = partKey(upload, partId);
      await table.put<PartRow>({ ...key, sk, object_key: objectKey, bytes, ttl: ttlOf(upload) });
    },

    async getParts(upload, partIds) {
      const items = await table.getMany(
        partIds.map((partId) => partKey(upload, partId)),
        { consistent: true },
      );
      return items.map((item): UploadPart => {
        const { sk, object_key, bytes } = parseItem('The row of a part', PartRow, item);
        return { partId: sk.slice('PART#'.length), objectKey: object_key, bytes };
      });
    },

    async end(upload, status, fileId) {
      const { applied, item } = await table.update<UploadRow>({
        key: uploadKey(upload),
        set: { status, ...(fileId !== null && { file_id: fileId }) },
        condition: '#status = :pending',
        values: { pending: 'pending' },
      });
      if (applied || !item) return { ...upload, status, fileId };
      return fromRow(upload, item);
    },
  };
}

function fromRow({ tenant, uploadId }: UploadKey, item: Item): Upload {
  const row = parseItem('The row of an upload', UploadRow, item);
  return {
    tenant,
    uploadId,
    status: row.status,
    filename: row.filename,
    purpose: row.purpose,
    bytes: row.bytes,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    fileLifeMs: row.file_life_ms,
    fileId: row.file_id ?? null,
  };
}
