import {
  DeleteObjectsCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { ContentGone, type FileContents } from '../core/files/file-store.ts';
import { pagesOf } from './pages.ts';
import { createS3Client } from './s3-client.ts';

/** S3 deletes so many objects a request. */
const deletesPerRequest = 1_000;

/** Objects of the bucket of files. What its rules have ended is gone. */
export function createS3FileContents({ bucket: Bucket }: { bucket: string }): FileContents {
  const client = createS3Client();
  return {
    async put(Key, Body) {
      await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: 'application/octet-stream' }));
    },

    async *read(Key, from, to) {
      const answer = await client
        .send(new GetObjectCommand({ Bucket, Key, Range: `bytes=${from}-${to - 1}` }))
        .catch((cause: unknown) => {
          throw isGone(cause) ? new ContentGone(`The object ${Key} is gone`, { cause }) : cause;
        });
      yield* (answer.Body ?? []) as AsyncIterable<Uint8Array>;
    },

    async delete(objectKeys) {
      for (const page of pagesOf([...objectKeys], deletesPerRequest)) {
        const Objects = page.map((Key) => ({ Key }));
        const { Errors = [] } = await client.send(
          new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
        );
        const [first] = Errors;
        if (first) throw new Error(`${Errors.length} objects were not deleted: ${first.Code}`);
      }
    },
  };
}

/** S3 tells that only to who may list the bucket; others it refuses (adapters/s3-payloads.ts). */
function isGone(error: unknown): boolean {
  if (error instanceof NoSuchKey) return true;
  return error instanceof S3ServiceException && error.name === 'AccessDenied';
}
