import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createDynamoCircuitBreaker } from '../../../adapters/dynamo-circuit-breaker.ts';
import { createDynamoClient, createDynamoTable } from '../../../adapters/dynamo-table.ts';
import { findTableName } from '../../../adapters/dynamo-table-names.ts';
import { type RunningService, startService } from '../../../bench/start-service.ts';
import { ProviderFailure } from '../../../core/attempts/provider-failure.ts';
import { awsProfile } from '../../../local/access-keys.ts';

let service: RunningService;
before(async () => {
  service = await startService({});
  process.env.AWS_CONFIG_FILE = service.host.awsConfigFile;
  process.env.AWS_PROFILE = awsProfile;
});
after(() => service.stop());

/** The command as an operator runs it against the local host. */
const providers = (...parameters: string[]) => run('providers.ts', ...parameters);

async function run(name: string, ...parameters: string[]): Promise<{ code: unknown; output: string }> {
  const script = join(import.meta.dirname, '../../../scripts', name);
  const child = spawn(process.execPath, [script, ...parameters], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
    });
  const code = await new Promise((resolve) => child.on('close', resolve));
  return { code, output };
}

const statusOf = (name: string) => service.client.providerStatus(name);

test('an operator sees what holds a provider back, and ends it', async () => {
  assert.deepEqual(await providers('status'), { code: 0, output: 'No provider was called yet\n' });
  assert.deepEqual(await providers('resume', 'simulated'), {
    code: 0,
    output: 'simulated is not held back\n',
  });

  const client = createDynamoClient();
  const tableName = await findTableName(client, 'llm-dev-Storage-StateTable');
  const breaker = createDynamoCircuitBreaker({ table: createDynamoTable({ client, tableName }) });
  const now = Date.now();
  const refusal = new ProviderFailure('rate_limited', '429', { retryAfter: 86_400_000 });
  await breaker.recordFailure('simulated', refusal, now);
  const until = new Date(now + 86_400_000).toISOString();
  const { status, blocked_until, blocked_reason } = await statusOf('simulated');
  assert.deepEqual([status, blocked_until, blocked_reason], ['degraded', until, 'asked_to_wait']);
  const told = await providers('status');
  assert.match(told.output, new RegExp(`^simulated .*held back until ${until}, since it asked for that`));

  const resumed = await providers('resume', 'simulated');
  assert.equal(resumed.code, 0);
  assert.match(resumed.output, /^It was: .*held back until[\s\S]*\nsimulated is called again/);
  assert.equal((await breaker.check('simulated', Date.now())).kind, 'allowed');
});

test('what is wrong with a command is said without a stack', async () => {
  for (const [parameters, expected] of [
    [[], /^Usage:\n {2}npm run providers -- status\n {2}npm run providers -- resume <name>\n/],
    [['resume'], /^Usage: npm run providers -- resume <name> /],
    [['status', '--stag', 'prod'], /^Unknown option '--stag'[\s\S]*\nUsage: /],
    [['status', '--target', 'moon'], /^--target is local, emulator, aws, not "moon"/],
    [['resume', 'simulated', 'kimi'], /^Usage:/],
    [['resume', 'nobody'], /^There is no provider nobody; known are kimi, /],
    [['status', '--stage', 'prod'], /^There is no table llm-prod-Storage-StateTable…/],
  ] as const) {
    const { code, output } = await providers(...parameters);
    assert.match(output, expected);
    assert.doesNotMatch(output, /\n\s+at /);
    assert.equal(code, 1);
  }
});

test('an operator counts the tasks anew, of which the newest are not settled yet', async () => {
  const { task_id } = await service.client.submit({ type: 'custom', prompt: 'hello' });
  assert.match(task_id, /^task_/);
  for (const command of ['check', 'recount'])
    assert.deepEqual(await run('statistics.ts', command), {
      code: 0,
      output: '1 task is kept; 0 counters are behind\n',
    });
  assert.equal((await run('statistics.ts', 'lower')).code, 1);
});
