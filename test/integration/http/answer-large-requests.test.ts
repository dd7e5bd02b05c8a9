import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { Task } from '../../../core/tasks/task.ts';
import type { WireTask } from '../../../core/tasks/task-wire.ts';
import { maxBodyBytes, maxEscapedBytes } from '../../../functions/http/middleware/read-body.ts';
import { makeResult } from '../../make-task.ts';
import { newTask, startStores } from '../scheduling/start-stores.ts';

// What is large, old or wrong, read and sent over HTTP: Lambda's limits are those of the local host.

let stores: Awaited<ReturnType<typeof startStores>>;
before(async () => {
  stores = await startStores({ LLM_PROVIDERS: 'simulated' });
});
after(() => stores.service.stop());

interface Page {
  tasks: WireTask[];
  next_cursor: string | null;
}

/** Completed tasks of one batch, as a worker leaves them. */
async function complete(count: number, content: string, members: Partial<Task> = {}): Promise<string> {
  const batchId = `batch_${randomUUID()}`;
  const tasks = Array.from({ length: count }, (_, batchIndex) =>
    newTask({ tenant: 'default', batchId, batchIndex, ...members }),
  );
  await stores.store.create(tasks);
  for (const { task } of tasks) {
    const now = Date.now();
    const outcome = await stores.store.claim(task, task.provider, randomUUID(), now, now + 60_000);
    assert.equal(outcome.kind, 'claimed');
    const result = makeResult({ content });
    const { attempts: attempt, provider, model } = (outcome as { task: Task }).task;
    const record = { attempt, provider, model, waitedFor: null, startedAt: now, endedAt: now };
    const told = { outcome: 'completed', code: null, usage: null, costUsd: 0 } as const;
    await stores.store.complete((outcome as { task: Task }).task, result, { ...record, ...told });
  }
  return batchId;
}

async function get(path: string): Promise<{ status: number; bytes: number; json: Page & WireTask }> {
  const answer = await fetch(`${stores.service.host.url}${path}`);
  const text = await answer.text();
  return { status: answer.status, bytes: Buffer.byteLength(text), json: JSON.parse(text) };
}

/** All pages of a batch. */
async function readAll(batchId: string, limit: number): Promise<Page[]> {
  const pages: Page[] = [];
  for (let cursor: string | null = ''; cursor !== null; cursor = pages.at(-1)?.next_cursor ?? null) {
    const { status, bytes, json } = await get(
      `/api/v1/tasks?batch_id=${batchId}&limit=${limit}${cursor && `&cursor=${cursor}`}`,
    );
    assert.equal(status, 200);
    assert.ok(bytes < 6_000_000, `a page of ${bytes} bytes`);
    pages.push(json);
  }
  return pages;
}

describe('a listing', () => {
  for (const [kind, content] of Object.entries({
    plain: 'x'.repeat(200_000),
    escaped: '"'.repeat(200_000),
    'non-Latin': '语'.repeat(66_667),
  }))
    test(`of 100 tasks with ${kind} results of 200 KB leaves results out, and no task`, async () => {
      const batchId = await complete(100, content);
      const pages = await readAll(batchId, 100);
      const tasks = pages.flatMap((page) => page.tasks);
      assert.equal(new Set(tasks.map(({ task_id }) => task_id)).size, 100);
      const [whole, bare] = [tasks.filter(({ result }) => result), tasks.filter(({ result }) => !result)];
      assert.ok(whole.length >= 4, `${whole.length} with their results`);
      assert.ok(whole.every(({ result }) => result?.content === content));
      assert.ok(bare.length > 0 && bare.every(({ result_omitted }) => result_omitted));
      const one = await get(`/api/v1/tasks/${bare[0]?.task_id}`);
      assert.equal(one.json.result?.content, content);
    });

  test('of tasks that are large without their results has more pages', async () => {
    const metadata = Object.fromEntries(
      Array.from({ length: 32 }, (_, index) => [`name-${index}`, '\u0001'.repeat(512)]),
    );
    const batchId = await complete(60, 'short', { metadata });
    const pages = await readAll(batchId, 100);
    assert.ok(pages.length > 1, `${pages.length} pages`);
    assert.equal(new Set(pages.flatMap(({ tasks }) => tasks.map(({ task_id }) => task_id))).size, 60);
  });

  test('refuses what is no cursor of it, and names the field', async () => {
    const batchId = await complete(2, 'short');
    const [byTime, byBatch] = await Promise.all([
      get('/api/v1/tasks?limit=1'),
      get(`/api/v1/tasks?limit=1&batch_id=${batchId}`),
    ]);
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const good = byTime.json.next_cursor ?? '';
    const key = JSON.parse(Buffer.from(good, 'base64url').toString()) as Record<string, string>;
    const id = key.pk?.split('#')[1] ?? '';
    const change = (members: Record<string, unknown>) => encode({ ...key, ...members });
    const wrong: Record<string, string> = {
      'no base64': '!!!',
      'no JSON': Buffer.from('{').toString('base64url'),
      'no UTF-8': Buffer.from([0xff, 0xfe]).toString('base64url'),
      'another kind of JSON': encode([1]),
      null: encode(null),
      nothing: encode({}),
      'empty texts': encode({ pk: '', sk: '', list_pk: 'default', list_sk: '' }),
      'a number': change({ pk: 1 }),
      'a member too many': change({ more: 'x' }),
      'a member too few': encode({ pk: key.pk, sk: key.sk, list_pk: key.list_pk }),
      'another kind of row': change({ sk: 'INPUT' }),
      "another tenant's partition": change({ list_pk: 'other' }),
      "another tenant's row": change({ pk: `other#${id}` }),
      'another row than its place': change({ pk: 'default#task_other' }),
      'no time': change({ list_sk: `yesterday#${id}` }),
      'an impossible time': change({ list_sk: `2026-13-45T99:00:00.000Z#${id}` }),
      'a very long key': change({ list_sk: `${key.list_sk?.slice(0, 25)}${'x'.repeat(500)}` }),
      'that of a batch': byBatch.json.next_cursor ?? '',
      'cut off': good.slice(0, -4),
      'with a tail': `${good}%21`,
    };
    for (const [kind, cursor] of Object.entries(wrong)) {
      const { status, json } = await get(`/api/v1/tasks?cursor=${cursor}`);
      const { errors } = json as unknown as { errors: { pointer: string }[] };
      assert.deepEqual([status, errors.map(({ pointer }) => pointer)], [400, ['/cursor']], kind);
    }
    const elsewhere = await get(`/api/v1/tasks?batch_id=${batchId}&cursor=${good}`);
    assert.equal(elsewhere.status, 400, 'that of the tenant, for a batch');
    assert.equal((await get(`/api/v1/tasks?cursor=${good}`)).status, 200);
  });
});

describe('a task', () => {
  test('whose result is gone from the bucket is read without it', async () => {
    const batchId = await complete(1, 'x'.repeat(50_000));
    const [page] = await readAll(batchId, 1);
    const taskId = page?.tasks[0]?.task_id ?? '';
    await stores.deleteObject(`default/${taskId}/result-1.json`);
    const { status, json } = await get(`/api/v1/tasks/${taskId}`);
    assert.deepEqual([status, json.status, json.result], [200, 'completed', null]);
    assert.equal((await get(`/api/v1/tasks?batch_id=${batchId}`)).json.tasks[0]?.result, null);
  });

  test('and a batch past their retention are gone, though their rows are still there', async () => {
    const batchId = await complete(1, 'short');
    const [page] = await readAll(batchId, 1);
    const taskId = page?.tasks[0]?.task_id ?? '';
    const eightDaysAgo = Date.now() - 8 * 86_400_000;
    await stores.taskTable.update({
      key: { pk: `default#${taskId}`, sk: 'META' },
      set: { completed_at: eightDaysAgo },
    });
    await stores.taskTable.put({
      ...{ pk: `default#${batchId}`, sk: 'BATCH', kind: 'batch', tenant: 'default', batch_id: batchId },
      ...{ total: 1, version: 2, created_at: eightDaysAgo, completed_at: eightDaysAgo },
    });
    for (const path of [`tasks/${taskId}`, `tasks/${taskId}/deliveries`, `batches/${batchId}`])
      assert.equal((await get(`/api/v1/${path}`)).status, 404, path);
    assert.deepEqual((await get(`/api/v1/tasks?batch_id=${batchId}`)).json.tasks, []);
  });
});

describe('a body', () => {
  const config = { timeout: '1ms' };
  /** A request of just so many bytes as they are counted, filled with a piece. */
  function bodyOf(piece: string, counted: (text: string) => number, size: number): string {
    const make = (filling: string) => JSON.stringify({ type: 'custom', prompt: 'p', config, data: filling });
    const each = counted(make(piece)) - counted(make(''));
    const left = size - counted(make(''));
    return make(piece.repeat(Math.floor(left / each)) + 'x'.repeat(left % each));
  }
  const bytes = (text: string) => Buffer.byteLength(text);
  const escaped = (text: string) => Buffer.byteLength(JSON.stringify(text)) - 2;
  const kinds: [string, string, (text: string) => number, number][] = [
    ['plain', 'x', bytes, maxBodyBytes],
    ['non-Latin', '语', bytes, maxBodyBytes],
    ['escaped', '"', escaped, maxEscapedBytes],
    ['of line breaks', '\n', escaped, maxEscapedBytes],
  ];
  async function send(path: string, body: string): Promise<{ status: number; code?: string }> {
    const answer = await fetch(`${stores.service.host.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const { code } = path.startsWith('/v1/') ? {} : ((await answer.json()) as { code?: string });
    return { status: answer.status, ...(code !== undefined && { code }) };
  }

  for (const [kind, piece, counted, bound] of kinds)
    test(`${kind} is taken at the documented bound, and refused by a problem one byte above`, async () => {
      const [fits, exceeds] = [bodyOf(piece, counted, bound), bodyOf(piece, counted, bound + 1)];
      assert.deepEqual([counted(fits), counted(exceeds)], [bound, bound + 1]);
      for (const [path, taken] of [
        ['/api/v1/tasks', [202]],
        ['/api/v1/process/sync', [200, 202]],
      ] as const) {
        const { status } = await send(path, fits);
        assert.ok(
          taken.some((each) => each === status),
          `${path} ${status}`,
        );
        assert.deepEqual(await send(path, exceeds), { status: 413, code: 'payload_too_large' });
      }
    });

  test('that is far too large is refused by the gateway', async () => {
    assert.equal((await send('/api/v1/tasks', '"'.repeat(4_000_000))).status, 413);
    assert.equal((await send('/v1/embeddings', '"'.repeat(4_000_000))).status, 413);
  });
});
