import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient } from '../client/create-client.ts';
import { type Host, startHost } from '../local/start-host.ts';

export interface RunningService {
  host: Host;
  client: Client;
  /** The output of the synthesis, of this service alone. */
  assemblyDir: string;
  stop(): Promise<void>;
}

/**
 * Synthesizes the app with these settings and serves it in this process on a free port, with its data in a
 * temporary folder. `settings` are the service's environment variables; those of the shell are left out, so
 * that runs compare.
 */
export async function startService(settings: Record<string, string>): Promise<RunningService> {
  const folder = await mkdtemp(join(tmpdir(), 'llm-service-bench-'));
  const environment = environmentOf(settings);
  const assemblyDir = join(folder, 'cdk.out');
  await synthesize(environment, assemblyDir);
  const host = await startHost({
    assemblyDir,
    dataDir: join(folder, 'data'),
    port: 0,
    environment,
    quiet: true,
  });
  return {
    host,
    client: createClient({ baseUrl: host.url }),
    assemblyDir,
    async stop() {
      await host.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The shell's variables without those of the service, and these settings. */
export function environmentOf(settings: Record<string, string>): Record<string, string | undefined> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^LLM_|_(API_KEY|BASE_URL)$|^AWS_/.test(name),
  );
  // Workers that are stopped on purpose and providers that fail would log a thousand errors.
  const LLM_LOG_LEVEL = process.env.LLM_LOG_LEVEL ?? 'silent';
  // Not what configs/config.yaml says here.
  const LLM_CONFIG_FILE = '/dev/null';
  return { ...Object.fromEntries(inherited), LLM_LOG_LEVEL, LLM_CONFIG_FILE, ...settings };
}

/** Synthesizes the app for one machine. */
export async function synthesize(
  environment: Record<string, string | undefined>,
  assemblyDir: string,
): Promise<void> {
  const root = join(import.meta.dirname, '..');
  const child = spawn(process.execPath, ['bin/llm-service.ts'], {
    cwd: root,
    env: {
      ...environment,
      CDK_OUTDIR: assemblyDir,
      CDK_CONTEXT_JSON: JSON.stringify({ target: 'local' }),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  const code = await new Promise((resolve, reject) => child.on('exit', resolve).on('error', reject));
  if (code !== 0) throw new Error(`The app does not synthesize:\n${complaint}`);
}
