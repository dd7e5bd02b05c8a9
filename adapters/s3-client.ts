import { S3Client } from '@aws-sdk/client-s3';
import { sdkAttempts } from './retry-policy.ts';

export function createS3Client(): S3Client {
  return new S3Client({
    // Path style, since an endpoint of one's own (AWS_ENDPOINT_URL) has no name for each bucket.
    forcePathStyle: Boolean(process.env.AWS_ENDPOINT_URL),
    maxAttempts: sdkAttempts.s3,
  });
}
