// Makes the cloud assembly by running the CDK app directly, and only when what goes into it has changed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

const inputs = [
  'bin',
  'lib',
  'functions',
  'core',
  'adapters',
  'config',
  'pages',
  'console',
  'client',
  'cdk.json',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];

export interface Synthesis {
  readonly directory: string;
  /** False when the assembly of an earlier start is used again. */
  readonly fresh: boolean;
}

/** Directories and files whose change makes a new assembly. */
export function synthesisInputs(root: string): string[] {
  return inputs.map((input) => join(root, input)).filter((path) => existsSync(path));
}

/** The configuration's file and what it names, of the last assembly and of one that did not come about. */
export function configurationFiles(directory: string): string[] {
  return [...new Set([directory, `${directory}.next`].flatMap(readNotedFiles))];
}

/** The app notes what else it reads, whether or not it is there. */
function readNotedFiles(directory: string): string[] {
  const list = join(directory, 'configuration-files.json');
  return existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : [];
}

/** Rejects with what the CDK app printed. */
export async function synthesize(root: string, directory: string): Promise<Synthesis> {
  const stamp = join(directory, '.inputs');
  const before = readNotedFiles(directory);
  const hash = hashInputs(root, before);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return { directory, fresh: false };
  // Built beside the old one, which stays as it is when the app does not build.
  const next = `${directory}.next`;
  rmSync(next, { recursive: true, force: true });
  mkdirSync(next, { recursive: true });
  await runApp(root, next);
  const files = readNotedFiles(next);
  const isAsBefore = files.join() === before.join();
  writeFileSync(join(next, '.inputs'), isAsBefore ? hash : hashInputs(root, files));
  rmSync(directory, { recursive: true, force: true });
  renameSync(next, directory);
  return { directory, fresh: true };
}

function runApp(root: string, directory: string): Promise<void> {
  const { context = {} } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'));
  const app = spawn(process.execPath, [join(root, 'bin', 'llm-service.ts')], {
    cwd: root,
    env: {
      ...process.env,
      CDK_OUTDIR: directory,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, target: 'local' }),
      CDK_DEFAULT_REGION: process.env.AWS_REGION || 'us-east-1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = () => app.kill();
  process.once('exit', kill);
  let output = '';
  app.stdout.on('data', (data) => {
    output += data;
  });
  app.stderr.on('data', (data) => {
    output += data;
  });
  return new Promise((resolve, reject) => {
    app.once('error', reject);
    app.once('exit', (code) => {
      process.off('exit', kill);
      if (code === 0) resolve();
      else reject(new Error(`The CDK app failed:\n${output.trim()}`));
    });
  });
}

/** Read by the host alone, so that a change of it needs no new assembly. */
const hostOnly = /^LLM_(PORT|HOST|ALLOW_OPEN_NETWORK|DATA_DIR|LOG_LEVEL|LOCAL_.*)$/;

/**
 * Of a secret it takes only whether there is one, and what does not belong into one (quotes, spaces), which the app
 * refuses: no hash on disk can be used to guess it.
 */
function hashInputs(root: string, configuration: readonly string[]): string {
  const hash = createHash('sha256').update(process.version);
  for (const path of synthesisInputs(root)) hashPath(path, hash);
  for (const path of configuration) {
    hash.update(path);
    // One that cannot be read is refused by the app itself.
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) hash.update(readFileSync(path));
  }
  for (const name of Object.keys(process.env).sort()) {
    if (hostOnly.test(name)) continue;
    if (name.endsWith('_API_KEY') || name === 'LLM_AUTH_TOKEN' || name === 'LLM_WEBHOOK_SECRET') {
      const secret = process.env[name]?.trim() ?? '';
      hash.update(`${name}:${secret !== ''}:${secret.replaceAll(/[\w+/=.-]/g, '')};`);
    } else if (
      name.startsWith('LLM_') ||
      name.endsWith('_BASE_URL') ||
      name === 'LOCAL_LLM_MODEL' ||
      name === 'AWS_REGION'
    ) {
      hash.update(`${name}=${process.env[name]};`);
    }
  }
  return hash.digest('hex');
}

function hashPath(path: string, hash: ReturnType<typeof createHash>): void {
  if (!statSync(path).isDirectory()) {
    hash.update(path).update(readFileSync(path));
    return;
  }
  for (const name of readdirSync(path).sort()) hashPath(join(path, name), hash);
}
