import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.ts';

export interface StoppableService {
  url: string;
  /** Ends it as a power cut would, and starts it again with its data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** `npm start` in a process of its own, so that it can be killed and started again. */
export async function startStoppable(settings: Record<string, string>): Promise<StoppableService> {
  const folder = await mkdtemp(join(tmpdir(), 'llm-service-answers-'));
  const port = await freePort();
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^LLM_|_(API_KEY|BASE_URL)$|^AWS_/.test(name),
  );
  const env = {
    ...Object.fromEntries(inherited),
    LLM_DATA_DIR: folder,
    LLM_PORT: String(port),
    LLM_LOG_LEVEL: 'silent',
    ...settings,
  };
  const url = `http://127.0.0.1:${port}`;
  const root = join(import.meta.dirname, '../..');

  async function start(): Promise<ChildProcess> {
    const child = spawn(process.execPath, ['local/main.ts'], { cwd: root, env, stdio: 'ignore' });
    for (let tried = 0; child.exitCode === null; tried += 1) {
      const isReady = await fetch(`${url}/health`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isReady) return child;
      if (tried > 600) break;
      await sleep(100);
    }
    throw new Error('The service did not start');
  }

  async function kill(child: ChildProcess): Promise<void> {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  let child = await start();
  return {
    url,
    async restart() {
      await kill(child);
      child = await start();
    },
    async stop() {
      await kill(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
