import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { environmentOf } from '../start-service.ts';
import type { QueueSettings } from './queue.ts';
import { queueAt } from './service-queue.ts';

const root = join(import.meta.dirname, '..', '..');

export type StartedService = ReturnType<typeof queueAt> & { pid: number; stop(): Promise<void> };

/**
 * The service as `npm start` starts it, without npm itself, on a data directory of its own: resolves when it says that it
 * serves. The cloud assembly is that of the checkout, which the next `npm start` makes anew.
 */
export async function startByNpm({ provider, limit }: QueueSettings): Promise<StartedService> {
  const folder = await mkdtemp(join(tmpdir(), 'llm-service-npm-start-'));
  const port = await freePort();
  const [program = '', ...args] = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  ).scripts.start.split(' ');
  if (program !== 'node') throw new Error('The script start of package.json is no call of node');
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: environmentOf({
      LLM_PROVIDERS: 'local',
      LOCAL_LLM_BASE_URL: provider,
      LLM_CONCURRENCY_LOCAL: String(limit),
      LLM_DATA_DIR: folder,
      LLM_PORT: String(port),
    }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await untilServing(child);
  const { pid = 0 } = child;
  return {
    ...queueAt(`http://127.0.0.1:${port}`, pid),
    pid,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function untilServing({ stdout }: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    stdout?.on('data', (data) => {
      said += data;
      if (/ after [\d.]+ s\n/.test(said)) resolve();
    });
    stdout?.once('end', () => reject(new Error(`npm start ended: ${said}`)));
  });
}
