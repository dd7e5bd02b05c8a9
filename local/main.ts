// `npm start` and `npm run dev`.
import { existsSync, watch, watchFile } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadEnvFile } from './env-file.ts';
import { checkHostVariables } from './host-variables.ts';
import { printModels } from './print-models.ts';
import { describeServed } from './print-served.ts';
import { type Host, startHost } from './start-host.ts';
import { configurationFiles, type Synthesis, synthesisInputs, synthesize } from './synthesize.ts';

const root = resolve(import.meta.dirname, '..');
const assemblyDirectory = join(root, '.llm-service', 'cdk.out');

async function build(): Promise<Synthesis> {
  const started = performance.now();
  process.stdout.write('Building the service … ');
  const synthesis = await synthesize(root, assemblyDirectory);
  console.log(synthesis.fresh ? `done in ${secondsSince(started)}` : 'nothing changed');
  return synthesis;
}

async function serve(assemblyDir: string, started: number): Promise<Host> {
  const host = await startHost({
    assemblyDir,
    dataDir: resolve(root, process.env.LLM_DATA_DIR || '.llm-service/data'),
    port: Number(process.env.LLM_PORT || 8080),
    hostname: process.env.LLM_HOST || '127.0.0.1',
    environment: process.env,
  });
  await host.warmed;
  // What the start left behind, as each function's thread does (lambda/bootstrap.mjs).
  globalThis.gc?.({ flavor: 'last-resort' });
  console.log(`\n${describeServed(host)} after ${secondsSince(started)}\n`);
  printModels(
    root,
    host.awsConfigFile,
    configurationFiles(assemblyDirectory).some((path) => existsSync(path)),
  );
  return host;
}

const secondsSince = (started: number) => `${((performance.now() - started) / 1000).toFixed(1)} s`;

/** Builds and starts again after a change; a change that does not build leaves the old service running. */
async function watchAndRestart(first: Host): Promise<() => Host | undefined> {
  let host: Host | undefined = first;
  let timer: NodeJS.Timeout | undefined;
  let restarting = Promise.resolve();
  const restart = async () => {
    const started = performance.now();
    try {
      console.log('A file changed.');
      const { directory, fresh } = await build();
      if (!fresh) return;
      await host?.close(1000);
      host = undefined;
      host = await serve(directory, started);
    } catch (error) {
      console.error((error as Error).message);
    } finally {
      watchConfiguration();
    }
  };
  const restartSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      restarting = restarting.then(restart);
    }, 200);
  };
  for (const path of synthesisInputs(root)) watch(path, { recursive: true }, restartSoon);
  // Asked for again and again, since each may be missing yet, be replaced by an editor, or lie anywhere.
  const watched = new Set<string>();
  const watchConfiguration = () => {
    for (const path of configurationFiles(assemblyDirectory).filter((each) => !watched.has(each))) {
      watched.add(path);
      watchFile(path, { interval: 300 }, (now, before) => {
        if (now.mtimeMs !== before.mtimeMs || now.size !== before.size) restartSoon();
      });
    }
  };
  watchConfiguration();
  return () => host;
}

async function main(): Promise<void> {
  const settings = join(root, '.env');
  if (existsSync(settings)) loadEnvFile(settings, process.env);
  checkHostVariables(process.env);
  let current = (): Host | undefined => undefined;
  let stopping = false;
  const stop = async () => {
    // A second Ctrl-C does not wait.
    if (stopping) process.exit(130);
    stopping = true;
    await current()?.close();
    process.exit(0);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const started = performance.now();
  const { directory } = await build();
  const host = await serve(directory, started);
  current = process.argv.includes('--watch') ? await watchAndRestart(host) : () => host;
}

main().catch((error: Error) => {
  console.error(process.env.LLM_LOG_LEVEL === 'debug' ? error : error.message);
  process.exit(1);
});
