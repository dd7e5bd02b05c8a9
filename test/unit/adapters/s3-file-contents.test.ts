import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { createS3FileContents } from '../../../adapters/s3-file-contents.ts';

test('objects are deleted a thousand a request, the most that S3 takes', async (t) => {
  const asked: number[] = [];
  const server = createServer(async (request, response) => {
    const count = (await text(request)).split('<Key>').length - 1;
    asked.push(count);
    // As S3 answers: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
    const isFaulty = count === 3;
    response.writeHead(200, { 'content-type': 'application/xml' });
    response.end(
      `<?xml version="1.0"?><DeleteResult>${isFaulty ? '<Error><Key>k</Key><Code>InternalError</Code></Error>' : ''}</DeleteResult>`,
    );
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.AWS_REGION = 'us-east-1';
  process.env.AWS_ACCESS_KEY_ID = 'test';
  process.env.AWS_SECRET_ACCESS_KEY = 'test';
  const contents = createS3FileContents({ bucket: 'files' });
  await contents.delete(Array.from({ length: 2_001 }, (_, index) => `key-${index}`));
  assert.deepEqual(asked, [1_000, 1_000, 1]);
  await contents.delete([]);
  assert.equal(asked.length, 3);
  await assert.rejects(contents.delete(['a', 'b', 'c']), /1 objects were not deleted: InternalError/);
});
