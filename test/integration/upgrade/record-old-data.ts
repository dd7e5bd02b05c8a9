// Makes a fixture of start-old-data.test.ts: a data directory that an older commit wrote and was killed over.
//
//   git worktree add /tmp/old 939608c && (cd /tmp/old && npm ci)
//   node test/integration/upgrade/record-old-data.ts /tmp/old test/fixtures/data-of-939608c.json.gz
//
// It submits tasks that end, one that is cancelled, two that run and seven that wait, one of them
// re-prioritised and one with an input in the bucket, and kills the host in the middle.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type OldTask, packData } from './old-data.ts';

const [checkout = '', file = ''] = process.argv.slice(2);
const port = 18_092;
const dataDir = mkdtempSync(join(tmpdir(), 'old-data-'));
/** Longer than the second half of the recording takes, and short enough to wait for in the first half. */
const latencyMs = 20_000;

const host = spawn(join(checkout, 'node_modules/.bin/node'), ['local/main.ts'], {
  cwd: checkout,
  stdio: 'inherit',
  env: {
    PATH: process.env.PATH,
    LLM_PORT: String(port),
    LLM_DATA_DIR: dataDir,
    LLM_PROVIDERS: 'simulated',
    LLM_CONCURRENCY_SIMULATED: '2',
    SIMULATED_BASE_URL: `simulated://default?latency_ms=${latencyMs}`,
    // Deadlines and time to live are stored: with a century, the fixture never grows too old.
    LLM_TASK_TIMEOUT: '876000h',
    LLM_RETENTION: '876000h',
  },
});

async function call(method: string, path: string, body?: object) {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    ...(body && { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: a script of an older contract
  const json = (await answer.json()) as any;
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(json)}`);
  return json;
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue().catch(() => false))) await sleep(200);
}

const custom = (name: string, priority: string) => ({ type: 'custom', prompt: `Write ${name}`, priority });
const submit = async (body: object): Promise<string> => (await call('POST', '/api/v1/tasks', body)).task_id;

await until(async () => (await call('GET', '/ready')) !== undefined);
const ended = [await submit(custom('a task that ends', 'normal'))];
const structured = { type: 'semantic_analysis', data: { text: 'The delivery was late.' }, priority: 'high' };
ended.push(await submit(structured));
for (const id of ended)
  await until(async () => (await call('GET', `/api/v1/tasks/${id}`)).status === 'completed');

await submit(custom('the first that runs', 'normal'));
await submit(custom('the second that runs', 'normal'));
await until(async () => (await call('GET', '/api/v1/tasks?status=processing')).tasks.length === 2);
await submit(custom('one that waits', 'high'));
const raised = await submit(custom('one that was re-prioritised', 'low'));
await submit({ type: 'text_summarization', data: { text: 'All is well. '.repeat(25_000) }, priority: 'low' });
const cancelled = await submit(custom('one that is cancelled', 'normal'));
const batch = await call('POST', '/api/v1/tasks/batch', {
  tasks: ['high', 'normal', 'low', 'low'].map((priority) =>
    custom(`a part of a batch, ${priority}`, priority),
  ),
});
await call('PATCH', `/api/v1/tasks/${raised}`, { priority: 'high' });
await call('DELETE', `/api/v1/tasks/${cancelled}`);
// Until the events of all this are out: what is left in the stream's journal would grow too old to be sent.
await sleep(5_000);

const { tasks } = await call('GET', '/api/v1/tasks?limit=100');
host.kill('SIGKILL');
await once(host, 'exit');
packData(file, dataDir, {
  recordedAt: Date.now(),
  batchId: batch.batch_id,
  tasks: tasks.map((task: { task_id: string } & Omit<OldTask, 'taskId'>) => ({
    taskId: task.task_id,
    status: task.status,
    priority: task.priority,
    result: task.result,
  })),
});
