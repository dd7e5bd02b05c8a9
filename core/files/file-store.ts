import type { FilePurpose, StoredFile } from './file.ts';

/** One page of a listing by time. */
export interface PageRequest {
  /** Id of the last one before; it need not exist any more. */
  after: string | undefined;
  limit: number;
  newestFirst: boolean;
}

export interface FilePage {
  files: StoredFile[];
  hasMore: boolean;
}

/** What is known of files. One whose time is over is not there any more. */
export interface FileStore {
  /** Does nothing where the file is there. */
  create(file: StoredFile): Promise<void>;
  get(tenant: string, fileId: string, now: number): Promise<StoredFile | undefined>;
  list(
    tenant: string,
    page: PageRequest & { purpose: FilePurpose | undefined },
    now: number,
  ): Promise<FilePage>;
  delete(tenant: string, fileId: string): Promise<void>;
}

/** The object of a file is gone, or was never there. */
export class ContentGone extends Error {
  override readonly name = 'ContentGone';
}

/** The bytes of files. */
export interface FileContents {
  /** Replaces what was there. */
  put(objectKey: string, bytes: Uint8Array): Promise<void>;
  /** The bytes `from` to `to`, which is not read any more, as they come. Throws ContentGone. */
  read(objectKey: string, from: number, to: number): AsyncIterable<Uint8Array>;
  delete(objectKeys: readonly string[]): Promise<void>;
}
