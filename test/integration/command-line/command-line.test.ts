import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningService, startService } from '../../../bench/start-service.ts';
import { type Client, createClient } from '../../../client/create-client.ts';
import { slowTask } from '../../e2e/client.ts';
import { readLines, startCommand } from './run-command.ts';

const token = 'token-of-the-command-line';
let service: RunningService;
let client: Client;
let variables: Record<string, string>;
let folder: string;

before(async () => {
  service = await startService({
    LLM_AUTH_TOKEN: token,
    LLM_PROVIDERS: 'simulated',
    LLM_CONCURRENCY_SIMULATED: '2',
    SIMULATED_BASE_URL: 'simulated://default?latency_ms=100&tokens_per_second=200',
  });
  variables = { LLM_BASE_URL: service.host.url, LLM_AUTH_TOKEN: token };
  client = createClient({ baseUrl: service.host.url, token });
  folder = mkdtempSync(join(tmpdir(), 'llm-service-command-line-'));
});

after(async () => {
  await service?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const start = (...args: string[]) => startCommand(args, folder, variables);
const run = (...args: string[]) => start(...args).ended;
const slow = JSON.stringify(slowTask);

test('submit prints the task with its answer, and to people the answer alone', async () => {
  const made = await run('submit', 'Say yes', '--metadata', 'order=4711', '--timeout', '60s');
  assert.equal(made.code, 0, made.stderr);
  const [task] = readLines(made.stdout);
  assert.equal(task.status, 'completed');
  assert.deepEqual(task.metadata, { order: '4711' });
  const told = await run('submit', 'Say yes', '--no-json');
  assert.match(told.stdout, /^Simulated answer/);
  assert.match(told.stderr, /^task_\S+ is queued/);
  const read = await run('get', task.task_id, '--timeline');
  assert.equal(readLines(read.stdout)[0].timeline.length, 1);
});

test('a number keeps its digits on its way in and out', async () => {
  const schema = '{"type":"object","properties":{"id":{"const":9007199254740993}},"required":["id"]}';
  const { code, stdout, stderr } = await run('submit', 'Say which', '--schema', schema);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /"data":\{"id":9007199254740993\}/);
});

test('submit --stream prints the answer as it is written', async () => {
  const { code, stdout, stderr } = await run('submit', 'Say it', '--stream', '--no-json');
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^Simulated answer .*\n$/);
});

test('a task is handed in without waiting, cancelled, and cannot be cancelled twice', async () => {
  writeFileSync(join(folder, 'slow.json'), slow);
  const made = await run('submit', '--request', '@slow.json', '--no-wait');
  const [{ task_id: id }] = readLines(made.stdout);
  const cancelled = await run('cancel', id);
  assert.equal(cancelled.code, 0, cancelled.stderr);
  assert.equal(readLines(cancelled.stdout)[0].status, 'cancelled');
  const again = await run('cancel', id);
  assert.equal(again.code, 4);
  assert.match(again.stderr, /conflict/);
  const waited = await run('watch', id);
  assert.equal(waited.code, 1, 'it was cancelled');
});

test('watch tells what happens until it is interrupted, and of a task until it has ended', async () => {
  const watching = start('watch');
  await watching.until(({ stderr }) => stderr.includes('Connected'));
  const { task_id } = await client.submit({ type: 'custom', prompt: 'Say yes' });
  await watching.until(({ stdout }) =>
    readLines(stdout.slice(0, stdout.lastIndexOf('\n') + 1)).some(
      (event) => event.task_id === task_id && event.event_type === 'completed',
    ),
  );
  watching.child.kill('SIGINT');
  assert.equal((await watching.ended).code, 130);
  const one = await run('watch', task_id);
  assert.equal(one.code, 0, one.stderr);
  assert.equal(readLines(one.stdout).at(-1).event_type, 'completed');
});

test('a batch that is killed goes on: every line has one result, and no task is made twice', async () => {
  const count = 24;
  const lines = Array.from({ length: count }, (_, index) =>
    JSON.stringify({ type: 'custom', prompt: `Say ${index}`, metadata: { run: 'killed' } }),
  );
  // A task that is refused by itself, and a line that is none.
  lines.splice(3, 0, '{"type":"custom"}');
  lines.splice(7, 0, 'oops', '');
  const total = count + 2;
  writeFileSync(join(folder, 'tasks.jsonl'), lines.join('\n'));
  const results = join(folder, 'tasks.results.jsonl');
  const read = () => (existsSync(results) ? readFileSync(results, 'utf8') : '');

  const first = start('batch', 'tasks.jsonl');
  while (read().split('\n').length < 8) {
    assert.equal(first.child.exitCode, null, first.read().stderr);
    await sleep(20);
  }
  first.child.kill('SIGKILL');
  await first.ended;
  const before = read();
  assert.ok(before.split('\n').length < total, 'it was killed in the middle');
  // As if it had been killed while it wrote, and before it knew the ids of its batch.
  writeFileSync(results, `${before}{"line":`);
  const [start_ = ''] = readFileSync(`${results}.progress`, 'utf8').split('\n');
  writeFileSync(`${results}.progress`, `${start_}\n`);

  const second = await run('batch', 'tasks.jsonl');
  assert.equal(second.code, 1, second.stderr);
  assert.match(second.stderr, /Going on/);
  assert.match(second.stderr, new RegExp(`${total}/${total}`));
  const [summary] = readLines(second.stdout);
  assert.deepEqual([summary.lines, summary.completed, summary.rejected], [total, count, 2]);
  const found = readLines(read());
  assert.deepEqual(
    found.map(({ line }) => line).sort((one, other) => one - other),
    lines.flatMap((line, index) => (line === '' ? [] : index + 1)),
  );
  assert.equal(found.find(({ line }) => line === 8).error.code, 'invalid_json');
  assert.match(found.find(({ line }) => line === 4).error.detail, /prompt/);
  for (const { status, result } of found.filter((each) => each.task_id)) {
    assert.equal(status, 'completed');
    assert.ok(result.content);
  }
  const made = (await Array.fromAsync(client.listAll({ type: 'custom' }))).filter(
    ({ metadata }) => metadata.run === 'killed',
  );
  assert.equal(made.length, count);

  const third = await run('batch', 'tasks.jsonl');
  assert.equal(readLines(third.stdout)[0].completed, count);
  assert.equal(readLines(read()).length, total, 'nothing is added');
  writeFileSync(join(folder, 'tasks.jsonl'), '{"type":"custom","prompt":"other"}');
  const other = await run('batch', 'tasks.jsonl');
  assert.equal(other.code, 2);
  assert.match(other.stderr, /--restart/);
});

test('a batch that is interrupted says how to go on', async () => {
  writeFileSync(join(folder, 'long.jsonl'), Array(3).fill(slow).join('\n'));
  const running = start('batch', 'long.jsonl');
  while (!existsSync(join(folder, 'long.results.jsonl.progress'))) await sleep(20);
  await sleep(500);
  running.child.kill('SIGINT');
  const { code, stderr } = await running.ended;
  assert.equal(code, 130, stderr);
  assert.match(stderr, /batch long\.jsonl/);
  for await (const task of client.listAll({ status: 'queued' })) await client.cancel(task.task_id);
});

test('providers, stats and open print what there is, as JSON and as text', async () => {
  const [statuses] = readLines((await run('providers')).stdout);
  assert.equal(statuses[0].name, 'simulated');
  assert.match((await run('providers', '--no-json')).stdout, /^provider +status .*\nsimulated +healthy/);
  assert.match((await run('providers', '--models', '--no-json')).stdout, /simulated \(default\)/);
  assert.ok(readLines((await run('stats')).stdout)[0].tasks.completed > 0);
  assert.match((await run('stats', '--no-json')).stdout, /tasks .*completed/);
  const [{ url }] = readLines((await run('open')).stdout);
  assert.equal((await fetch(url)).status, 200);
});

test('errors say what to do next, and have exit codes', async () => {
  const wrong = startCommand(['stats'], folder, { ...variables, LLM_AUTH_TOKEN: 'wrong' });
  assert.deepEqual([(await wrong.ended).code, /LLM_AUTH_TOKEN/.test(wrong.read().stderr)], [4, true]);
  const gone = startCommand(['stats'], folder, { LLM_BASE_URL: 'http://127.0.0.1:9' });
  assert.deepEqual([(await gone.ended).code, /npm start/.test(gone.read().stderr)], [3, true]);
  for (const args of [
    ['nonsense'],
    ['submit', '--foo'],
    ['submit'],
    ['batch', 'none.jsonl'],
    ['submit', 'x', 'y'],
  ]) {
    const { code, stderr, stdout } = await run(...args);
    assert.equal(code, 2, args.join(' '));
    assert.ok(stderr.length > 20 && !stderr.includes('    at '), stderr);
    assert.equal(stdout, '');
  }
  const refused = await run('submit', 'x', '--priority', 'urgent');
  assert.equal(refused.code, 4);
  assert.match(refused.stderr, /\/priority/);
});

test('the local host is found by the .env of the folder, whose token goes to no other service', async () => {
  const { port } = new URL(service.host.url);
  writeFileSync(join(folder, '.env'), `LLM_PORT=${port}\nLLM_AUTH_TOKEN=${token}\n`);
  assert.equal((await startCommand(['stats'], folder, {}).ended).code, 0);
  const other = startCommand(['stats'], folder, { LLM_BASE_URL: service.host.url });
  assert.equal((await other.ended).code, 4);
  rmSync(join(folder, '.env'));
});
