import * as z from 'zod';
import { ServiceError } from '../core/service-error.ts';
import type { Item } from './dynamo-item.ts';
import { jsonText, parseItem } from './parse-item.ts';

/** A list of tasks as an index has it. */
export interface Listing {
  query: { index: string; where: string; values: { pk: string } };
  /** The key at which a page may end. DynamoDB refuses others, so that a caller's cursor is held to it. */
  key: z.ZodType<Item>;
}

const taskId = /^task_[\w-]{1,100}$/;
const time = z.iso.datetime({ precision: 3 });
const timeLength = 24;

/** The tenant's tasks by time, or those of a batch by their place. */
export function listingOf(tenant: string, batchId: string | undefined): Listing {
  const own = `${tenant}#`;
  const pk = z.string().refine((text) => text.startsWith(own) && taskId.test(text.slice(own.length)));
  const row = { pk, sk: z.literal('META') };
  if (batchId !== undefined) {
    const partition = `${own}${batchId}`;
    return {
      query: { index: 'by-batch', where: '#batch_pk = :pk', values: { pk: partition } },
      key: z.strictObject({
        ...row,
        batch_pk: z.literal(partition),
        batch_sk: z.string().regex(/^\d{6}$/),
      }),
    };
  }
  const place = z.string().refine((text) => time.safeParse(text.slice(0, timeLength)).success);
  return {
    query: { index: 'by-time', where: '#list_pk = :pk', values: { pk: tenant } },
    key: z
      .strictObject({ ...row, list_pk: z.literal(tenant), list_sk: place })
      .refine((key) => key.list_sk.slice(timeLength) === `#${key.pk.slice(own.length)}`),
  };
}

/** The key of a row of the listing, to end a page at. */
export function indexKey(item: Item, { key }: Listing): Item {
  return parseItem('The key of a listed task', key, item);
}

export function writeCursor(key: Item): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** The key to start after. A cursor holds its partition, so that one tenant's cannot be used by another. */
export function readCursor(cursor: string | undefined, { key }: Listing): Item | undefined {
  if (cursor === undefined) return undefined;
  const bytes = Buffer.from(cursor, 'base64url');
  const parsed = jsonText(key).safeParse(bytes.toString());
  // Decoding skips what is not base64url.
  if (parsed.success && bytes.toString('base64url') === cursor) return parsed.data;
  const detail = 'is not a cursor of this listing';
  throw new ServiceError('invalid_request', 'The cursor is not valid', {
    faults: [{ pointer: '/cursor', detail }],
  });
}
