import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '../../..');

const consumer = `import { createClient, LlmServiceError, type Task } from 'llm-service/client';
const client = createClient({ baseUrl: 'http://127.0.0.1:8080', maxRetries: 0 });
export async function ask(): Promise<Task['status'] | undefined> {
  const { task_id } = await client.submit({ type: 'custom', prompt: 'Say yes', priority: 'high' });
  for await (const event of client.follow({ taskIds: [task_id] })) if (event.event_type === 'completed') return event.status;
  // @ts-expect-error There is no such priority.
  await client.reprioritize(task_id, 'urgent');
  const error: unknown = new LlmServiceError('no', { status: 400, code: 'invalid_request' });
  return error instanceof LlmServiceError ? undefined : (await client.wait(task_id)).status;
}
`;

test('the tarball installs into an empty folder without any other package, and its client and command work', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'llm-service-package-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const inherited = Object.entries(process.env).filter(([name]) => !/^LLM_|^npm_|_BASE_URL$/.test(name));
  const run = (command: string, args: string[], cwd = folder) => {
    const env = { ...Object.fromEntries(inherited), npm_config_update_notifier: 'false' };
    const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', env });
    return { status, stdout, stderr };
  };
  const succeed = (...all: Parameters<typeof run>) => {
    const ended = run(...all);
    assert.equal(ended.status, 0, `${all[0]} ${all[1].join(' ')}\n${ended.stdout}${ended.stderr}`);
    return ended.stdout;
  };

  succeed('npm', ['run', '--silent', 'client:pack', '--', '--pack-destination', folder], root);
  const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  writeFileSync(join(folder, 'package.json'), '{"name":"consumer","private":true,"type":"module"}');
  succeed('npm', [
    'install',
    join(folder, tarball),
    '--offline',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
  ]);
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  assert.deepEqual(Object.keys(packages), ['', 'node_modules/llm-service']);

  const script = `import { createClient } from 'llm-service/client';
    const client = createClient({ baseUrl: 'http://127.0.0.1:9', maxRetries: 0 });
    await client.stats().catch(({ name, code }) => console.log(name, code));`;
  const told = succeed(process.execPath, ['--input-type=module', '--eval', script]);
  assert.equal(told, 'LlmServiceError unreachable\n');
  const command = join(folder, 'node_modules', '.bin', 'llm-service');
  assert.match(succeed(command, ['--help']), /llm-service submit +hand in a task/);
  assert.equal(run(command, ['nonsense']).status, 2);

  writeFileSync(join(folder, 'consumer.ts'), consumer);
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  for (const lib of ['es2024,dom', 'es2022,dom,dom.asynciterable']) {
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--lib', lib];
    succeed(process.execPath, [compiler, ...options, '--types', '', 'consumer.ts']);
  }
});

test('what is packed at the root has the same client', () => {
  const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const built = JSON.parse(readFileSync(join(root, 'dist', 'package.json'), 'utf8'));
  assert.deepEqual(own.files, ['dist']);
  assert.equal(join('dist', built.exports['./client'].default), join(own.exports['./client'].default));
  assert.equal(join('dist', built.bin['llm-service']), join(own.bin['llm-service']));
});
