import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { credentials } from './emulator-client.ts';
import type { Emulator } from './read-emulator.ts';

/** The environment of the CDK CLI, in which nothing leads to an AWS account. */
export function cdkEnvironment(
  source: Record<string, string | undefined>,
  emulator: Emulator,
  root: string,
): Record<string, string | undefined> {
  const own = Object.entries(source).filter(([name]) => !/^AWS_/.test(name) && !/^CDK_DEFAULT_/.test(name));
  return {
    ...Object.fromEntries(own),
    AWS_ENDPOINT_URL: emulator.endpoint,
    AWS_REGION: emulator.region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    // Without the profiles of this machine, and without the metadata service of a virtual machine.
    AWS_CONFIG_FILE: join(root, 'no-such-file'),
    AWS_SHARED_CREDENTIALS_FILE: join(root, 'no-such-file'),
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    // The CLI's `node` is the project's, as in an npm script.
    PATH: [join(root, 'node_modules', '.bin'), source.PATH].join(delimiter),
  };
}

/** Lines of the CLI about what goes well: two for each resource and four for each asset. */
const uneventful =
  /\| (CREATE|UPDATE|DELETE)(_COMPLETE_CLEANUP)?_(IN_PROGRESS|COMPLETE) +\||: (start|success): (Building|Built|Publishing|Published) /;

/** Runs the project's CDK CLI and prints its output. Throws an Error when it fails. */
export async function runCdk(
  root: string,
  environment: Record<string, string | undefined>,
  parameters: readonly string[],
): Promise<void> {
  const child = spawn(join(root, 'node_modules', '.bin', 'cdk'), parameters, {
    cwd: root,
    env: environment,
    // `--ci` makes the CLI write everything but errors to stdout.
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.trim() !== '' && !uneventful.test(line)) console.log(`  ${line}`);
  });
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject);
    // After 'exit', when all output is read.
    child.once('close', (...ended) => resolve(ended));
  });
  if (code !== 0) throw new Error(`cdk ${parameters[0]} ended with ${code ?? signal}`);
}
