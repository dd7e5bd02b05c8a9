import * as z from 'zod';
import { filePurposes, type StoredFile, storedPurposes } from '../files/file.ts';
import { ExpiresAfter, Filename, toSeconds, toWireFile, WireFile, WireSeconds } from '../files/file-wire.ts';
import { asDouble } from '../json/exact-number.ts';
import { maxUploadBytes, maxUploadParts, type Upload, uploadStatus } from './upload.ts';

// https://developers.openai.com/api/reference/resources/uploads

export const UploadRequest = z
  .strictObject({
    bytes: asDouble(z.int().min(1).max(maxUploadBytes)).meta({ description: 'Of the whole file' }),
    filename: Filename,
    mime_type: z.string().min(1).max(200),
    purpose: z.enum(filePurposes),
    expires_after: ExpiresAfter.optional(),
  })
  .meta({ id: 'UploadRequest' });

export const CompleteUploadRequest = z
  .strictObject({
    part_ids: z
      .array(z.string().regex(/^[\w-]{1,100}$/))
      .min(1)
      .max(maxUploadParts),
    md5: z
      .string()
      .regex(/^[0-9a-fA-F]{32}$/)
      .optional()
      .meta({ description: 'Of the whole file, in hexadecimal digits' }),
  })
  .meta({ id: 'CompleteUploadRequest' });

/** The form of a part, for the OpenAPI document alone. */
export const DocumentedPartForm = z
  .object({
    data: z.string().meta({ format: 'binary', description: 'At most 4.4 MB with the form around it' }),
  })
  .meta({ id: 'UploadPartForm' });

export const WireUpload = z
  .object({
    id: z.string().meta({ description: '`upload_…`' }),
    object: z.literal('upload'),
    bytes: z.int(),
    created_at: WireSeconds,
    expires_at: WireSeconds.meta({
      description: 'Until then it is to be completed: an hour after its creation',
    }),
    filename: z.string(),
    purpose: z.enum(storedPurposes),
    status: z.enum(['pending', 'completed', 'cancelled', 'expired']),
    file: WireFile.nullable().meta({ description: 'Once it is completed' }),
  })
  .meta({ id: 'Upload' });

export const WireUploadPart = z
  .object({
    id: z.string().meta({ description: '`part_…`' }),
    object: z.literal('upload.part'),
    created_at: WireSeconds,
    upload_id: z.string(),
  })
  .meta({ id: 'UploadPart' });

export function toWireUpload(
  upload: Upload,
  file: StoredFile | undefined,
  now: number,
): z.infer<typeof WireUpload> {
  return {
    id: upload.uploadId,
    object: 'upload',
    bytes: upload.bytes,
    created_at: toSeconds(upload.createdAt),
    expires_at: toSeconds(upload.expiresAt),
    filename: upload.filename,
    purpose: upload.purpose,
    status: uploadStatus(upload, now),
    file: file ? toWireFile(file) : null,
  };
}
