import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Host, startHost } from '../../../local/start-host.ts';
import { synthesize } from '../../../local/synthesize.ts';
import { type OldState, unpackData } from './old-data.ts';

const root = resolve(import.meta.dirname, '../../..');
const dataDir = mkdtempSync(join(tmpdir(), 'llm-service-upgrade-'));
/** Milliseconds for all tests together. */
const patienceMs = 60_000;
const isFinal = (status: string) => status === 'completed' || status === 'failed' || status === 'cancelled';

let host: Host;
let old: OldState;
let patienceEndsAt: number;
before(async () => {
  for (const name of Object.keys(process.env))
    if (/^LLM_|_API_KEY$|_BASE_URL$/.test(name)) delete process.env[name];
  Object.assign(process.env, {
    LLM_CONFIG_FILE: '/dev/null',
    LLM_PROVIDERS: 'simulated',
    LLM_CONCURRENCY_SIMULATED: '2',
    SIMULATED_BASE_URL: 'simulated://default?latency_ms=20',
  });
  // record-old-data.ts makes such a file.
  old = unpackData(join(root, 'test/fixtures/data-of-939608c.json.gz'), dataDir);
  const { directory } = await synthesize(root, join(root, '.llm-service', 'upgrade.out'));
  host = await startHost({ assemblyDir: directory, dataDir, port: 0, environment: process.env, quiet: true });
  patienceEndsAt = Date.now() + patienceMs;
});
after(async () => {
  await host?.close();
  rmSync(dataDir, { recursive: true });
});

async function get(path: string) {
  const answer = await fetch(host.url + path);
  assert.equal(answer.status, 200, await answer.clone().text());
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects and fails otherwise
  return (await answer.json()) as any;
}

/** The answer once its status is final; fails with the last one when patience ends. */
async function waitFor(path: string) {
  for (;;) {
    const answer = await get(path);
    if (isFinal(answer.status)) return answer;
    assert.ok(Date.now() < patienceEndsAt, `${path} has not ended: ${JSON.stringify(answer)}`);
    await sleep(100);
  }
}

test('the fixture has tasks that ended, that ran and that waited', () => {
  const statuses = old.tasks.map(({ status }) => status).sort();
  const waiting = statuses.filter((status) => status === 'queued');
  assert.equal(waiting.length, 7);
  assert.deepEqual(
    statuses.filter((status) => status !== 'queued'),
    ['cancelled', 'completed', 'completed', 'processing', 'processing'],
  );
});

test('tasks that ended under the old version are read as they were', async () => {
  const { tasks } = await get('/api/v1/tasks?limit=100');
  assert.deepEqual(
    tasks.map(({ task_id }: { task_id: string }) => task_id),
    old.tasks.map(({ taskId }) => taskId),
  );
  for (const { taskId, status, priority, result } of old.tasks.filter((task) => isFinal(task.status))) {
    const task = await get(`/api/v1/tasks/${taskId}`);
    assert.deepEqual(
      { status: task.status, priority: task.priority, result: task.result },
      { status, priority, result },
    );
  }
});

test('tasks that ran or waited under the old version are completed', async () => {
  for (const { taskId, priority } of old.tasks.filter((task) => !isFinal(task.status))) {
    const task = await waitFor(`/api/v1/tasks/${taskId}`);
    assert.equal(task.status, 'completed', JSON.stringify(task.error));
    assert.equal(task.priority, priority);
    assert.ok(task.result.content);
  }
});

test('a batch of the old version is completed', async () => {
  const batch = await waitFor(`/api/v1/batches/${old.batchId}`);
  assert.deepEqual(batch.counts, {
    total: 4,
    queued: 0,
    processing: 0,
    completed: 4,
    failed: 0,
    cancelled: 0,
  });
});
