import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The service under test, wherever it runs. */
export interface Service {
  baseUrl: string;
  wsUrl: string;
  /** Where answers are streamed; undefined where that is not served. */
  streamUrl: string | undefined;
  /** Undefined where the service is open. */
  token: string | undefined;
  /** Undefined where it is not known, as in a deployment. */
  webhookSecret: string | undefined;
  /** An AWS emulator serves it, known by the form of its URL. docs/emulator.md has its differences. */
  emulated: boolean;
  stop(): Promise<void>;
}

/** The service at LLM_BASE_URL and LLM_WS_URL with LLM_AUTH_TOKEN, or a local host started here. */
export async function openService(): Promise<Service> {
  const { LLM_BASE_URL, LLM_WS_URL, LLM_AUTH_TOKEN, LLM_WEBHOOK_SECRET } = process.env;
  if (!LLM_BASE_URL) return startLocalHost();
  const baseUrl = LLM_BASE_URL.replace(/\/$/, '');
  return {
    baseUrl,
    wsUrl: LLM_WS_URL || `${baseUrl.replace(/^http/, 'ws')}/ws`,
    streamUrl: process.env.LLM_STREAM_URL?.replace(/\/$/, '') || undefined,
    token: LLM_AUTH_TOKEN || undefined,
    webhookSecret: LLM_WEBHOOK_SECRET || undefined,
    emulated: baseUrl.includes('/_aws/execute-api/'),
    stop: async () => {},
  };
}

const token = 'token-of-the-end-to-end-tests';
const webhookSecret = `whsec_${Buffer.from('secret-of-the-end-to-end-tests!!').toString('base64')}`;

/**
 * A host on a free port with a data directory of its own and the simulated provider alone: two calls at a
 * time and 200 tokens a second, so that tasks can be met waiting and running.
 */
async function startLocalHost(): Promise<Service> {
  const settings = {
    // Whatever configs/config.yaml says here.
    LLM_CONFIG_FILE: '/dev/null',
    LLM_AUTH_TOKEN: token,
    LLM_WEBHOOK_SECRET: webhookSecret,
    LLM_PROVIDERS: 'simulated',
    LLM_CONCURRENCY_SIMULATED: '2',
    SIMULATED_BASE_URL: 'simulated://default?latency_ms=100&tokens_per_second=200',
  };
  for (const name of Object.keys(process.env))
    if (/^LLM_|_API_KEY$|_BASE_URL$/.test(name)) delete process.env[name];
  Object.assign(process.env, settings);
  const root = resolve(import.meta.dirname, '../..');
  const { synthesize } = await import('../../local/synthesize.ts');
  const { startHost } = await import('../../local/start-host.ts');
  const { directory } = await synthesize(root, join(root, '.llm-service', 'e2e.out'));
  const dataDir = mkdtempSync(join(tmpdir(), 'llm-service-e2e-'));
  const host = await startHost({
    assemblyDir: directory,
    dataDir,
    port: 0,
    environment: process.env,
    quiet: true,
  });
  return {
    baseUrl: host.url,
    wsUrl: host.wsUrl,
    streamUrl: host.url,
    token,
    webhookSecret,
    emulated: false,
    async stop() {
      await host.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
