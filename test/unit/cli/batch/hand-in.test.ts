import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { collectResults } from '../../../../cli/batch/collect-results.ts';
import { type LineResult, RunRecord } from '../../../../cli/batch/run-record.ts';
import { sendBatch } from '../../../../cli/batch/send-batch.ts';
import type { Client } from '../../../../client/create-client.ts';
import { LlmServiceError } from '../../../../client/service-error.ts';
import type { Task } from '../../../../client/wire.ts';

const { signal } = new AbortController();

function makeRecord(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'llm-service-hand-in-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'results.jsonl');
  const read = () =>
    readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((line): LineResult[] => (line === '' ? [] : [JSON.parse(line)]));
  return { record: new RunRecord(path, 'input', false), read };
}

const refusal = (status: number, code: LlmServiceError['code']) =>
  new LlmServiceError('no', { status, code, retryAfter: 0.01 });
const lines = [3, 5].map((line) => ({ line, request: { type: 'custom' }, bytes: 10 }));

/** Only the methods of a test. */
const clientOf = (methods: Partial<Client>) => methods as Client;

test('a batch is handed in with one key until the queue has room; what is refused by itself is a result', async (t) => {
  const { record, read } = makeRecord(t);
  const keys: (string | null | undefined)[] = [];
  let waits = 0;
  const client = clientOf({
    async submitBatch(_, { idempotencyKey } = {}) {
      keys.push(idempotencyKey);
      if (keys.length < 3) throw refusal(429, keys.length === 1 ? 'queue_full' : 'rate_limited');
      const error = {
        type: 'about:blank',
        title: '',
        status: 400,
        detail: 'no',
        code: 'invalid_request' as const,
      };
      return {
        batch_id: 'batch_1',
        accepted: 1,
        rejected: 1,
        tasks: [
          { index: 0, error },
          { index: 1, task_id: 'task_1', status: 'queued' },
        ],
      };
    },
  });
  const sent = await sendBatch(7, lines, record, client, signal, () => {
    waits += 1;
  });
  assert.deepEqual(sent?.tasks, [{ line: 5, task_id: 'task_1' }]);
  assert.deepEqual(keys, Array(3).fill(`${record.run}-7`));
  assert.equal(waits, 2);
  assert.deepEqual(
    read().map(({ line, status }) => [line, status]),
    [[3, 'rejected']],
  );
});

test('one task that is too large is a result; other refusals end the run', async (t) => {
  const { record, read } = makeRecord(t);
  const send = (code: LlmServiceError['code'], status: number) =>
    sendBatch(
      0,
      lines.slice(0, 1),
      record,
      clientOf({ submitBatch: () => Promise.reject(refusal(status, code)) }),
      signal,
      () => {},
    );
  assert.equal(await send('payload_too_large', 413), undefined);
  assert.equal(read()[0]?.status, 'rejected');
  await assert.rejects(send('unauthenticated', 401), { code: 'unauthenticated' });
});

const task = (id: string, more: Partial<Task> = {}) =>
  ({ task_id: id, status: 'completed', result: { content: id }, error: null, ...more }) as Task;

test('without events results are found by looking: whole where a list left them out, and lost where they are gone', async (t) => {
  const { record, read } = makeRecord(t);
  const tasks = ['listed', 'omitted', 'behind', 'gone'].map((task_id, index) => ({
    line: index + 1,
    task_id,
  }));
  const client = clientOf({
    // biome-ignore lint/correctness/useYield: it refuses at once
    async *follow() {
      throw refusal(404, 'not_found');
    },
    async *listAll() {
      yield task('listed');
      yield task('omitted', { result: null, result_omitted: true });
      yield task('of another batch');
    },
    getBatch: () => Promise.reject(refusal(404, 'not_found')),
    async get(id) {
      if (id === 'gone') throw refusal(404, 'not_found');
      return task(id);
    },
  });
  await collectResults({ batch: 0, batch_id: 'batch_1', tasks }, record, client, signal, () => {});
  assert.deepEqual(
    read().map(({ line, status, result }) => [line, status, result?.content]),
    [
      [1, 'completed', 'listed'],
      [2, 'completed', 'omitted'],
      [3, 'completed', 'behind'],
      [4, 'lost', undefined],
    ],
  );
});

test('a result that an event left out is read, and a token that is refused ends the run', async (t) => {
  const { record, read } = makeRecord(t);
  const events = [
    { event_type: 'processing', task_id: 'a', status: 'processing' },
    { event_type: 'completed', task_id: 'a', status: 'completed', data_omitted: true, error: null },
    {
      event_type: 'failed',
      task_id: 'b',
      status: 'failed',
      data: null,
      error: { code: 'timeout', message: 'late' },
    },
  ];
  const tasks = ['a', 'b'].map((task_id, index) => ({ line: index + 1, task_id }));
  const batch = { batch: 0, batch_id: 'batch_1', tasks };
  const client = clientOf({
    follow: () => tell(events) as ReturnType<Client['follow']>,
    get: async (id) => task(id),
  });
  await collectResults(batch, record, client, signal, () => {});
  assert.deepEqual(
    read().map(({ status, result, error }) => [status, result?.content, error?.code]),
    [
      ['completed', 'a', undefined],
      ['failed', undefined, 'timeout'],
    ],
  );
  const other = makeRecord(t);
  const refusing = clientOf({
    follow: () => tell([], refusal(401, 'unauthenticated')) as ReturnType<Client['follow']>,
  });
  await assert.rejects(
    collectResults(batch, other.record, refusing, signal, () => {}),
    { code: 'unauthenticated' },
  );
});

async function* tell(events: unknown[], error?: Error) {
  yield* events;
  if (error) throw error;
}
