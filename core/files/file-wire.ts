import * as z from 'zod';
import { asDouble } from '../json/exact-number.ts';
import { filePurposes, longestLife, type StoredFile, shortestLife, storedPurposes } from './file.ts';

// https://developers.openai.com/api/reference/resources/files

/** Seconds, as all times of OpenAI's API. */
export const WireSeconds = z.int();
export const toSeconds = (milliseconds: number) => Math.floor(milliseconds / 1_000);

export const ExpiresAfter = z.strictObject({
  anchor: z.literal('created_at'),
  seconds: asDouble(z.coerce.number().int().min(shortestLife).max(longestLife)),
});

export const Filename = z.string().min(1).max(255);

/** Fields of the form beside `file`. */
export const FileFields = z.strictObject({
  purpose: z.enum(filePurposes),
  expires_after: ExpiresAfter.optional(),
});

/** The form, for the OpenAPI document alone. */
export const DocumentedFileForm = z
  .object({
    file: z
      .string()
      .meta({ format: 'binary', description: 'The file, at most 4.4 MB with the form around it' }),
    purpose: z.enum(filePurposes),
    'expires_after[anchor]': z.literal('created_at').optional(),
    'expires_after[seconds]': z.int().min(shortestLife).max(longestLife).optional(),
  })
  .meta({ id: 'FileForm' });

export const WireFile = z
  .object({
    id: z.string().meta({ description: '`file-…`' }),
    object: z.literal('file'),
    bytes: z.int(),
    created_at: WireSeconds,
    expires_at: WireSeconds.meta({ description: 'Its content is not served any more after it' }),
    filename: z.string(),
    purpose: z.enum(storedPurposes),
    status: z.literal('processed'),
  })
  .meta({ id: 'File' });

/** A page of OpenAI's lists. */
export function listOf<T extends z.ZodType>(member: T, id: string) {
  return z
    .object({
      object: z.literal('list'),
      data: z.array(member),
      first_id: z.string().nullable(),
      last_id: z.string().nullable(),
      has_more: z.boolean(),
    })
    .meta({ id });
}

export function toWireFile(file: StoredFile): z.infer<typeof WireFile> {
  return {
    id: file.fileId,
    object: 'file',
    bytes: file.bytes,
    created_at: toSeconds(file.createdAt),
    expires_at: toSeconds(file.expiresAt),
    filename: file.filename,
    purpose: file.purpose,
    status: 'processed',
  };
}

export function toWireList<T extends { id: string }>(data: T[], hasMore: boolean) {
  return {
    object: 'list' as const,
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: hasMore,
  };
}
