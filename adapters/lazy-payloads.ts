import { once } from './once.ts';
import type { Payloads } from './s3-payloads.ts';

/** Payloads in S3, whose client is loaded by the first that is too large for a row: most environments never meet one. */
export function createLazyPayloads(options: { bucket: string }): Payloads {
  const open = once(async () => (await import('./s3-payloads.ts')).createS3Payloads(options));
  return {
    put: async (objectKey, text) => (await open()).put(objectKey, text),
    get: async (objectKey, how) => (await open()).get(objectKey, how),
    delete: async (objectKey) => (await open()).delete(objectKey),
  };
}
