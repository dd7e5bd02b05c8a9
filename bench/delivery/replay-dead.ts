import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** `npm run webhooks -- replay --since …` against the service's queues; answers how many it replayed. */
export async function replayDead(
  since: string,
  environment: Record<string, string | undefined>,
): Promise<number> {
  const script = join(import.meta.dirname, '..', '..', 'scripts', 'webhooks.ts');
  const child = spawn(process.execPath, [script, 'replay', '--since', since], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const code = await new Promise((resolve, reject) => child.on('exit', resolve).on('error', reject));
  if (code !== 0) throw new Error('The replay of webhooks failed');
  return Number(/(\d+) replayed,/.exec(output)?.[1] ?? 0);
}
