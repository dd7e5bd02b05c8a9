import type { FilePart, FilePurpose } from '../files/file.ts';

export type UploadStatus = 'pending' | 'completed' | 'cancelled' | 'expired';

/** A file that comes in parts. Times are epoch milliseconds. */
export interface Upload {
  tenant: string;
  uploadId: string;
  status: Exclude<UploadStatus, 'expired'>;
  filename: string;
  purpose: FilePurpose;
  /** Of the whole file, as the caller announced them. */
  bytes: number;
  createdAt: number;
  expiresAt: number;
  /** From its completion on, that of the file. */
  fileLifeMs: number;
  fileId: string | null;
}

/** OpenAI's own. */
export const uploadLifeMs = 3_600_000;

/** Of a file: more than twice what a batch may have. */
export const maxUploadBytes = 512 * 1024 * 1024;

/** Of one upload: the row of a file names each. */
export const maxUploadParts = 1_000;

export function uploadStatus({ status, expiresAt }: Upload, now: number): UploadStatus {
  return status === 'pending' && expiresAt <= now ? 'expired' : status;
}

export interface UploadPart extends FilePart {
  partId: string;
}

export interface UploadStore {
  create(upload: Upload): Promise<void>;
  get(tenant: string, uploadId: string): Promise<Upload | undefined>;
  addPart(upload: Upload, part: UploadPart): Promise<void>;
  /** Those that are there, in any order. */
  getParts(upload: Upload, partIds: readonly string[]): Promise<UploadPart[]>;
  /** A pending upload ends; answers what it is then. */
  end(upload: Upload, status: 'completed' | 'cancelled', fileId: string | null): Promise<Upload>;
}
