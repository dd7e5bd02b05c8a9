import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProcess } from '../start-process.ts';

/** Where a chat is asked for. */
export interface Target {
  name: string;
  /** Before `/chat/completions`. */
  baseUrl: string;
  headers: Record<string, string>;
}

/**
 * Not a dependency: it is compared with, and installed for the run. With later versions of its server, which its own range
 * allows, it answers each stream by a 500: it changes headers that are immutable there.
 */
const portkeyPackage = {
  private: true,
  dependencies: { '@portkey-ai/gateway': '1.15.2' },
  overrides: { '@hono/node-server': '1.13.7' },
};

export async function startTargets(): Promise<{
  targets: Target[];
  serviceUrl: string;
  stop(): Promise<void>;
}> {
  const file = (name: string) => join(import.meta.dirname, name);
  const provider = await startProcess<{ port: number }>(file('timed-provider.ts'));
  const providerUrl = `http://127.0.0.1:${provider.message.port}/v1`;
  const service = await startProcess<{ url: string }>(file('local-service.ts'), [providerUrl]);
  const gateway = await startPortkey().catch((error: unknown) => {
    console.error(`Portkey's gateway is left out: ${(error as Error).message}`);
    return undefined;
  });
  const targets: Target[] = [
    { name: 'provider', baseUrl: providerUrl, headers: {} },
    { name: 'service', baseUrl: `${service.message.url}/v1`, headers: {} },
  ];
  if (gateway)
    targets.push({
      name: 'portkey',
      baseUrl: `${gateway.url}/v1`,
      headers: { 'x-portkey-provider': 'openai', 'x-portkey-custom-host': providerUrl },
    });
  return {
    targets,
    serviceUrl: service.message.url,
    async stop() {
      for (const child of [provider.child, service.child]) {
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.disconnect();
        await ended;
      }
      await gateway?.stop();
    },
  };
}

async function startPortkey(): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'llm-service-portkey-'));
  await writeFile(join(folder, 'package.json'), JSON.stringify(portkeyPackage));
  await run('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--silent']);
  const port = await freePort();
  const entry = join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js');
  const child = spawn(process.execPath, [entry, `--port=${port}`, '--headless'], {
    stdio: 'ignore',
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const url = `http://127.0.0.1:${port}`;
  await untilListening(url, child);
  return {
    url,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function run(command: string, args: string[]): Promise<void> {
  const child = spawn(command, args, { stdio: 'ignore' });
  const code = await new Promise((resolve, reject) => child.on('exit', resolve).on('error', reject));
  if (code !== 0) throw new Error(`${command} ${args[0]} ended with ${String(code)}`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilListening(url: string, child: ChildProcess): Promise<void> {
  for (let tried = 0; tried < 100 && child.exitCode === null; tried += 1) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return;
    await sleep(100);
  }
  throw new Error('it did not start');
}
