import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import type { CountedRequests } from '../../local/requests/request-counter.ts';
import { startProcess } from '../start-process.ts';
import { environmentOf, synthesize } from '../start-service.ts';

const token = 'token-of-the-bench-of-batches';

/** A local host in a process of its own, over data that outlive it. */
export interface KillableService {
  token: string;
  url(): string;
  client(): OpenAI;
  countRequests(): Promise<CountedRequests[]>;
  /** `kill -9`, and a new process over the same data. */
  killAndRestart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startKillableService(settings: Record<string, string>): Promise<KillableService> {
  const folder = await mkdtemp(join(tmpdir(), 'llm-service-bench-'));
  const assemblyDir = join(folder, 'cdk.out');
  const environment = environmentOf({ LLM_AUTH_TOKEN: token, ...settings });
  await synthesize(environment, assemblyDir);
  const start = () =>
    startProcess<{ url: string }>(join(import.meta.dirname, 'local-service.ts'), [
      assemblyDir,
      join(folder, 'data'),
      JSON.stringify(environment),
    ]);
  let { child, message } = await start();
  const kill = async (running: ChildProcess) => {
    const exited = once(running, 'exit');
    running.kill('SIGKILL');
    await exited;
  };
  return {
    token,
    url: () => message.url,
    client: () => new OpenAI({ baseURL: `${message.url}/v1`, apiKey: token }),
    async countRequests() {
      child.send('requests');
      const [counted] = await once(child, 'message');
      return counted as CountedRequests[];
    },
    async killAndRestart() {
      await kill(child);
      ({ child, message } = await start());
    },
    async stop() {
      await kill(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
