import { type ChildProcess, spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');
const program = join(root, 'cli', 'main.ts');

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  /** What it printed so far. */
  read(): Ended;
  ended: Promise<Ended>;
  /** Settles as soon as what it printed satisfies this; rejects where it ends before. */
  until(isThere: (printed: Ended) => boolean): Promise<void>;
}

/** Starts the command line in a folder, with these variables of the service alone. */
export function startCommand(args: string[], cwd: string, variables: Record<string, string>): Running {
  const inherited = Object.entries(process.env).filter(([name]) => !/^LLM_|^npm_|_BASE_URL$/.test(name));
  const env = { ...Object.fromEntries(inherited), ...variables };
  const child = spawn(process.execPath, [program, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const printed: Ended = { code: null, stdout: '', stderr: '' };
  const looks = new Set<() => void>();
  const look = () => {
    for (const each of looks) each();
  };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text) => {
      printed[name] += text;
      look();
    });
  const ended = new Promise<Ended>((resolve) =>
    child.on('close', (code) => {
      printed.code = code;
      resolve(printed);
      look();
    }),
  );
  return {
    child,
    read: () => printed,
    ended,
    until: (isThere) =>
      new Promise((resolve, reject) => {
        const check = () => {
          const found = isThere(printed);
          if (!found && child.exitCode === null && child.signalCode === null) return;
          looks.delete(check);
          if (found) resolve();
          else reject(new Error(`It ended before: ${JSON.stringify(printed)}`));
        };
        looks.add(check);
        check();
      }),
  };
}

/** The values of JSON that were printed, one a line. */
// biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects and fails otherwise.
export function readLines(text: string): any[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
