import * as z from 'zod';
import { parseRequest } from '../parse-request.ts';
import { storedPurposes } from './file.ts';
import type { FilePage, FileStore } from './file-store.ts';

/** The row of a file is small, but OpenAI's 10,000 of them are more than a reader waits for. */
const mostListed = 1_000;

export const PageQuery = z.object({
  after: z
    .string()
    .regex(/^[\w-]{1,100}$/)
    .optional()
    .meta({ description: 'Id of the last one of the page before' }),
  limit: z.coerce.number().int().min(1).max(100).default(20).meta({ description: 'Of a page' }),
});

export const FilesQuery = PageQuery.extend({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(mostListed)
    .meta({
      description: `Above ${mostListed} as many as that are answered, and \`has_more\``,
    }),
  order: z.enum(['asc', 'desc']).default('desc').meta({ description: 'By time' }),
  purpose: z.enum(storedPurposes).optional().meta({ description: 'Only files of this purpose' }),
});

/** A page of the tenant's files. Throws `invalid_request`. */
export async function listFiles(
  tenant: string,
  query: Record<string, string | undefined>,
  now: number,
  files: Pick<FileStore, 'list'>,
): Promise<FilePage> {
  const { limit, order, ...rest } = parseRequest(FilesQuery, query);
  const page = { after: rest.after, limit: Math.min(limit, mostListed), newestFirst: order === 'desc' };
  return files.list(tenant, { ...page, purpose: rest.purpose }, now);
}
