import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { createS3Payloads, type Payloads } from '../../../adapters/s3-payloads.ts';
import { fetchResult } from '../../../adapters/task-payloads.ts';
import { makeTask } from '../../make-task.ts';

// As S3 answers: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
const answers: Record<string, [status: number, code: string]> = {
  '/bucket/gone': [404, 'NoSuchKey'],
  '/bucket/refused': [403, 'AccessDenied'],
  '/bucket/wrong-key': [403, 'InvalidAccessKeyId'],
};
const server = createServer((request, response) => {
  const [status, code] = answers[new URL(request.url ?? '', 'http://s3').pathname] ?? [500, 'InternalError'];
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>No</Message></Error>`);
});
let payloads: Payloads;
before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.AWS_REGION = 'us-east-1';
  process.env.AWS_ACCESS_KEY_ID = 'test';
  process.env.AWS_SECRET_ACCESS_KEY = 'test';
  payloads = createS3Payloads({ bucket: 'bucket' });
});
after(() => server.close());

test('an object that is gone is none', async () => {
  assert.equal(await payloads.get('gone'), undefined);
});

test('a refusal stands for a missing object where that is only shown, and for nothing where a worker needs it', async () => {
  assert.equal(await payloads.get('refused', { refusalIsMissing: true }), undefined);
  await assert.rejects(payloads.get('refused'), { name: 'AccessDenied' });
  await assert.rejects(payloads.get('wrong-key', { refusalIsMissing: true }), {
    name: 'InvalidAccessKeyId',
  });
});

test('a task whose result is gone, or refused for that, has none', async () => {
  const stub = { content: '', finishReason: 'stop', cached: false, costUsd: 0, latencyMs: 1 };
  const result = { ...stub, usage: { promptTokens: 1, completionTokens: 1 } };
  for (const resultKey of ['gone', 'refused'])
    assert.equal((await fetchResult(payloads, makeTask({ result, resultKey }))).result, null);
});
