import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { createS3Client } from './s3-client.ts';

/** Texts too large for a row (adapters/task-payloads.ts). Objects end by the bucket's lifecycle rule. */
export interface Payloads {
  put(objectKey: string, text: string): Promise<void>;
  /**
   * Undefined when there is no such object (any more). S3 tells that only to who may list the bucket; others it refuses:
   * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
   *
   * @param options.refusalIsMissing for what is only shown; what a worker needs is asked for again
   */
  get(objectKey: string, options?: { refusalIsMissing?: boolean }): Promise<string | undefined>;
  /** Does nothing where there is no such object. */
  delete(objectKey: string): Promise<void>;
}

export function createS3Payloads(options: { bucket: string }): Payloads {
  const client = createS3Client();
  return {
    async put(Key, Body) {
      const ContentType = 'application/json';
      await client.send(new PutObjectCommand({ Bucket: options.bucket, Key, Body, ContentType }));
    },
    async get(Key, { refusalIsMissing = false } = {}) {
      try {
        const answer = await client.send(new GetObjectCommand({ Bucket: options.bucket, Key }));
        return await answer.Body?.transformToString('utf-8');
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        if (refusalIsMissing && error instanceof S3ServiceException && error.name === 'AccessDenied')
          return undefined;
        throw error;
      }
    },
    async delete(Key) {
      await client.send(new DeleteObjectCommand({ Bucket: options.bucket, Key }));
    },
  };
}
