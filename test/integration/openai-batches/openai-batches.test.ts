import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import OpenAI, { toFile } from 'openai';
import { startService } from '../../../bench/start-service.ts';
import { errorOf } from '../openai-clients/error-of.ts';

// Batches of the official client, over the whole service.
const apiKey = 'token-of-the-batch-tests';
const service = await startService({
  LLM_PROVIDERS: 'simulated',
  LLM_AUTH_TOKEN: apiKey,
  LLM_CONCURRENCY_SIMULATED: '20',
  LLM_TASK_TIMEOUT: '5m',
  SIMULATED_BASE_URL: 'simulated://default?latency_ms=5&tokens_per_second=100000',
});
after(() => service.stop());
const client = new OpenAI({ baseURL: `${service.host.url}/v1`, apiKey });

const ended = ['completed', 'failed', 'expired', 'cancelled'];
const chat = '/v1/chat/completions';
type Endpoint = OpenAI.BatchCreateParams['endpoint'];

const chatLine = (customId: string, body: object = {}, members: object = {}) => ({
  custom_id: customId,
  method: 'POST',
  url: chat,
  body: { model: 'simulated', messages: [{ role: 'user', content: customId }], ...body },
  ...members,
});

async function submit(lines: object[], endpoint: Endpoint = chat, members: object = {}) {
  const text = lines.map((line) => JSON.stringify(line)).join('\n');
  const file = await client.files.create({
    file: await toFile(Buffer.from(text), 'in.jsonl'),
    purpose: 'batch',
  });
  const body = { input_file_id: file.id, endpoint, completion_window: '24h', ...members };
  return client.batches.create(body as OpenAI.BatchCreateParams);
}

async function waitFor(batchId: string, isReached = (status: string) => ended.includes(status)) {
  for (const deadline = Date.now() + 90_000; Date.now() < deadline; ) {
    const batch = await client.batches.retrieve(batchId);
    if (isReached(batch.status)) return batch;
    await sleep(200);
  }
  return client.batches.retrieve(batchId);
}

// biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects and fails otherwise.
async function read(fileId: string | undefined | null): Promise<any[]> {
  if (!fileId) return [];
  const text = await (await client.files.content(fileId)).text();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

// biome-ignore lint/suspicious/noExplicitAny: the same.
const idsOf = (...files: any[][]) =>
  files
    .flat()
    .map(({ custom_id }) => custom_id)
    .sort();

test('of 200 lines each is answered once, the wrong ones in a file of their own', async () => {
  const lines = Array.from({ length: 200 }, (_, index) =>
    index % 20 === 3 ? chatLine(`line ${index}`, { model: 'none' }) : chatLine(`line ${index}`),
  );
  lines[4] = chatLine('line 4', { messages: [{ content: 'no role' }] });
  const batch = await waitFor((await submit(lines, chat, { metadata: { of: 'a test' } })).id);
  assert.equal(batch.status, 'completed');
  assert.deepEqual(batch.request_counts, { total: 200, completed: 189, failed: 11 });
  assert.deepEqual(batch.metadata, { of: 'a test' });
  assert.ok((batch.usage?.total_tokens ?? 0) > 0 && batch.completed_at);
  const [output, errors] = [await read(batch.output_file_id), await read(batch.error_file_id)];
  assert.deepEqual(idsOf(output, errors), lines.map(({ custom_id }) => custom_id).sort());
  for (const { response, error } of output) {
    assert.deepEqual([response.status_code, error, response.body.object], [200, null, 'chat.completion']);
    assert.equal(response.body.service_tier, 'flex');
  }
  const statuses = new Map(errors.map((line) => [line.custom_id, line.response.status_code]));
  assert.deepEqual([statuses.get('line 3'), statuses.get('line 4')], [404, 400]);
  // A line is a task like any other, of its batch.
  const tasks = await fetch(`${service.host.url}/api/v1/tasks?batch_id=${batch.id}&limit=1`, {
    headers: { authorization: `Bearer ${apiKey}` },
  });
  const { tasks: listed } = (await tasks.json()) as { tasks: { batch_id: string; priority: string }[] };
  assert.deepEqual([listed[0]?.batch_id, listed[0]?.priority], [batch.id, 'low']);
});

test('vectors are made in batches too', async () => {
  const lines = ['a', 'b', 'c'].map((input) => ({
    custom_id: input,
    method: 'POST',
    url: '/v1/embeddings',
    body: { model: 'simulated-embedding', input, dimensions: 4 },
  }));
  const batch = await waitFor((await submit(lines, '/v1/embeddings')).id);
  const output = await read(batch.output_file_id);
  assert.deepEqual(idsOf(output), ['a', 'b', 'c']);
  assert.equal(output[0].response.body.data[0].embedding.length, 4);
});

test('responses too, which are read by their ids as well', async () => {
  const line = { custom_id: 'a', method: 'POST', url: '/v1/responses' };
  const body = { model: 'simulated', input: 'Say a' };
  const batch = await waitFor((await submit([{ ...line, body }], '/v1/responses')).id);
  const [answer] = await read(batch.output_file_id);
  assert.deepEqual([answer.response.body.object, answer.response.body.status], ['response', 'completed']);
  const { output_text, ...stored } = await client.responses.retrieve(answer.response.body.id);
  assert.ok(output_text);
  assert.deepEqual(stored, answer.response.body);
});

test('an input with faults makes a failed batch that names their lines', async () => {
  const batch = await waitFor(
    (await submit([chatLine('a'), chatLine('a'), chatLine('b', {}, { url: '/x' })])).id,
  );
  assert.equal(batch.status, 'failed');
  assert.deepEqual(
    batch.errors?.data?.map(({ code, line }) => [code, line]),
    [
      ['duplicate_custom_id', 2],
      ['invalid_url', 3],
    ],
  );
});

test('a batch is cancelled under way, and one whose window is over expires; both name every line', async () => {
  const lines = Array.from({ length: 3_000 }, (_, index) => chatLine(`line ${index}`));
  const cancelled = await submit(lines);
  const expiring = await submit(lines, chat, { completion_window: '4s' });
  await waitFor(cancelled.id, (status) => status === 'in_progress');
  await sleep(2_000);
  assert.equal((await client.batches.cancel(cancelled.id)).status, 'cancelling');
  for (const [id, status, code] of [
    [cancelled.id, 'cancelled', 'batch_cancelled'],
    [expiring.id, 'expired', 'batch_expired'],
  ] as const) {
    const batch = await waitFor(id);
    assert.equal(batch.status, status);
    const [output, errors] = [await read(batch.output_file_id), await read(batch.error_file_id)];
    assert.deepEqual(idsOf(output, errors), lines.map(({ custom_id }) => custom_id).sort());
    assert.ok(errors.length > 0 && errors.every(({ error }) => error.code === code), status);
    assert.deepEqual(batch.request_counts, { total: 3_000, completed: output.length, failed: errors.length });
  }
  assert.equal((await client.batches.cancel(cancelled.id)).status, 'cancelled');
  assert.equal((await errorOf(client.batches.cancel(expiring.id))).status, 409);
});

test('a request that is made again is one batch, and what is wrong with one is named', async () => {
  const file = await client.files.create({
    file: await toFile(Buffer.from(JSON.stringify(chatLine('a'))), 'in.jsonl'),
    purpose: 'batch',
  });
  const body = { input_file_id: file.id, endpoint: chat, completion_window: '24h' } as const;
  const options = { headers: { 'Idempotency-Key': 'a batch of this test' } };
  const made = await client.batches.create(body, options);
  assert.equal((await client.batches.create(body, options)).id, made.id);
  const repeat = { headers: { 'X-Stainless-Retry-Count': '1' } };
  const first = await client.batches.create(body);
  assert.equal((await client.batches.create(body, repeat)).id, first.id);
  const listed = await client.batches.list({ limit: 2 });
  assert.deepEqual([listed.data.map(({ id }) => id), listed.has_more], [[first.id, made.id], true]);
  const refused = (changes: object) =>
    errorOf(client.batches.create({ ...body, ...changes } as OpenAI.BatchCreateParams));
  for (const [changes, param] of [
    [{ input_file_id: 'file-none' }, 'input_file_id'],
    [{ endpoint: '/v1/images/generations' }, 'endpoint'],
    [{ completion_window: '100d' }, 'completion_window'],
    [{ completion_window: 'soon' }, 'completion_window'],
    [{ model: 'simulated' }, 'model'],
  ] as const) {
    const { status, param: told } = await refused(changes);
    assert.deepEqual([status, told], [400, param]);
  }
  assert.equal((await errorOf(client.batches.retrieve('batch_none'))).status, 404);
});

test('a file of which a part is gone breaks off, and never looks like a whole one', async () => {
  const pieces = [Buffer.alloc(1_500_000, 'a'), Buffer.alloc(1_500_000, 'b')];
  const { id } = await client.uploads.create({
    bytes: 3_000_000,
    filename: 'a',
    mime_type: 'text/plain',
    purpose: 'user_data',
  });
  const part_ids: string[] = [];
  for (const piece of pieces)
    part_ids.push((await client.uploads.parts.create(id, { data: await toFile(piece, 'p') })).id);
  const { file } = await client.uploads.complete(id, { part_ids });
  const s3 = new S3Client({
    endpoint: service.host.awsEndpoint,
    credentials: service.host.awsCredentials,
    region: 'us-east-1',
    forcePathStyle: true,
  });
  const Bucket = service.host.templates.ofType('AWS::S3::Bucket').find((one) => one.id.includes('File'))?.ref;
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  const Key = Contents.find((object) => object.Key?.endsWith(part_ids[1] ?? ''))?.Key;
  assert.ok(Key);
  await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  const answer = await client.files.content(file?.id ?? '');
  assert.equal(answer.status, 200);
  await assert.rejects(answer.arrayBuffer());
});
