// `npm run deploy:emulator`: deploys the service to the AWS emulator at AWS_ENDPOINT_URL. See
// docs/emulator.md.
import { randomBytes } from 'node:crypto';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import packageFile from '../package.json' with { type: 'json' };
import { deployToEmulator } from './emulator/deploy-to-emulator.ts';
import { formatEnvironment, writeEnvironmentFile } from './emulator/environment-file.ts';
import { readEmulator } from './emulator/read-emulator.ts';

const root = join(import.meta.dirname, '..');

async function step<T>(title: string, run: () => Promise<T>): Promise<T> {
  const started = performance.now();
  console.log(`▶ ${title}`);
  const result = await run();
  console.log(`✔ ${title}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return result;
}

try {
  const { values } = parseArgs({
    options: {
      stage: { type: 'string', default: 'dev' },
      output: { type: 'string', default: join(root, 'cdk.out', 'emulator') },
      context: { type: 'string', multiple: true, default: [] },
    },
  });
  const emulator = readEmulator(process.env);
  const output = resolve(values.output);
  const { variables, generated, notices } = await step('The whole deployment', () =>
    deployToEmulator({
      ...values,
      output,
      emulator,
      root,
      version: packageFile.version,
      source: process.env,
      randomBase64: (bytes) => randomBytes(bytes).toString('base64'),
      step,
    }),
  );
  const file = join(output, 'emulator.env');
  writeEnvironmentFile(file, variables);
  for (const notice of notices) console.log(notice);
  if (generated.length > 0) console.log(`Generated, because they were not set: ${generated.join(', ')}`);
  const near = relative(process.cwd(), file);
  const shown = near.startsWith('..') ? file : `./${near}`;
  const urls = Object.entries(variables).filter(([name]) => name.endsWith('_URL'));
  console.log(`
${formatEnvironment(Object.fromEntries(urls))}
These and the secrets are in ${shown}:

  set -a; . ${shown}; set +a
  curl -H "Authorization: Bearer $LLM_AUTH_TOKEN" "$LLM_BASE_URL/api/v1/tasks"
  npm run test:e2e`);
} catch (error) {
  // The message says what to change; a stack trace would not help.
  console.error(`\n${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
