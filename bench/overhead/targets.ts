import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
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

/** @param litellm the command of an installed LiteLLM proxy, compared too */
export async function startTargets(litellm?: string): Promise<{
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
  const proxy = litellm === undefined ? undefined : await startLitellm(litellm, providerUrl);
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
  if (proxy) targets.push({ name: 'litellm', baseUrl: `${proxy.url}/v1`, headers: {} });
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
      await proxy?.stop();
    },
  };
}

interface Gateway {
  url: string;
  stop(): Promise<void>;
}

async function startPortkey(): Promise<Gateway> {
  const folder = await mkdtemp(join(tmpdir(), 'llm-service-portkey-'));
  await writeFile(join(folder, 'package.json'), JSON.stringify(portkeyPackage));
  await run('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--silent']);
  const port = await freePort();
  const entry = join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js');
  const child = spawn(process.execPath, [entry, `--port=${port}`, '--headless'], {
    stdio: 'ignore',
    env: { ...process.env, NODE_ENV: 'production' },
  });
  return started(child, port, folder);
}

async function startLitellm(command: string, providerUrl: string): Promise<Gateway> {
  const folder = await mkdtemp(join(tmpdir(), 'llm-service-litellm-'));
  const config = join(folder, 'config.yaml');
  const parameters = { model: 'openai/auto', api_base: providerUrl, api_key: 'sk-bench' };
  // JSON is YAML.
  const models = [{ model_name: 'auto', litellm_params: parameters }];
  await writeFile(config, JSON.stringify({ model_list: models }));
  const port = await freePort();
  const child = spawn(command, ['--config', config, '--host', '127.0.0.1', '--port', String(port)], {
    stdio: 'ignore',
    // It serves this benchmark alone, without a key.
    env: { ...process.env, LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY: 'true' },
  });
  return started(child, port, folder);
}

async function started(child: ChildProcess, port: number, folder: string): Promise<Gateway> {
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

async function untilListening(url: string, child: ChildProcess): Promise<void> {
  for (let tried = 0; tried < 600 && child.exitCode === null; tried += 1) {
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
