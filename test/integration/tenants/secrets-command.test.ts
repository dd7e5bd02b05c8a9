import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type RunningService, startService } from '../../../bench/start-service.ts';

const good = 'sk-good-0123456789abcdef';
const broke = 'sk-broke-0123456789abcdef';
let provider: Server;
let service: RunningService;
let environment: Record<string, string | undefined>;
const asked: { key: string; body: { max_completion_tokens?: number } }[] = [];

before(async () => {
  provider = createServer(async (request, response) => {
    const key = request.headers.authorization?.slice('Bearer '.length) ?? '';
    asked.push({ key, body: JSON.parse((await request.toArray()).join('')) });
    response.setHeader('content-type', 'application/json');
    response.setHeader('x-ratelimit-remaining-requests', '41');
    const refuse = (status: number, type: string) =>
      response.writeHead(status).end(JSON.stringify({ error: { message: 'No', type, code: type } }));
    if (key === broke) return refuse(429, 'exceeded_current_quota_error');
    if (key !== good) return refuse(401, 'invalid_authentication_error');
    const message = { role: 'assistant', content: 'Hi' };
    return response.end(
      JSON.stringify({ choices: [{ index: 0, message, finish_reason: 'stop' }], usage: {} }),
    );
  }).listen(0, '127.0.0.1');
  await once(provider, 'listening');
  const url = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`;
  service = await startService({
    LLM_PROVIDERS: 'kimi',
    KIMI_API_KEY: 'sk-before-0123456789abcdef',
    KIMI_BASE_URL: url,
    LLM_AUTH_TOKEN: 'token-of-the-operator-of-this-test',
  });
  const { awsEndpoint, awsCredentials } = service.host;
  environment = {
    ...process.env,
    KIMI_BASE_URL: url,
    LLM_CONFIG_FILE: '/dev/null',
    // As an emulator's, so that nothing here touches the `.env` of this folder.
    AWS_ENDPOINT_URL: awsEndpoint,
    AWS_ACCESS_KEY_ID: awsCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: awsCredentials.secretAccessKey,
  };
});
after(async () => {
  await service?.stop();
  provider?.close();
});

const secrets = (words: string[], input = '') => run('secrets', words, input);

async function run(name: string, words: string[], input = '') {
  const script = join(import.meta.dirname, '../../../scripts', `${name}.ts`);
  const child = spawn(process.execPath, [script, ...words], { env: environment });
  child.stdin.end(input);
  const ended = once(child, 'close');
  const [stdout = '', stderr = ''] = await Promise.all(
    [child.stdout, child.stderr].map(async (stream) => (await stream.toArray()).join('')),
  );
  const [code] = await ended;
  return { code, stdout, stderr };
}

test('a key from a pipe is tried by one short call, trimmed, kept, and never shown', async () => {
  const set = await secrets(['set', 'kimi', '--check'], `  ${good}\n`);
  assert.deepEqual([set.code, set.stdout], [0, ''], set.stderr);
  assert.match(set.stderr, /^The key of kimi is taken\nkimi is in \/llm-service\/dev\/kimi\/api-key;/);
  assert.deepEqual(
    asked.map(({ key, body }) => [key, body.max_completion_tokens]),
    [[good, 16]],
  );
  const listed = await secrets(['list', '--check']);
  assert.match(listed.stdout, /^kimi +changed 20\S+Z {2}is taken$/m);
  assert.match(listed.stdout, /^auth-token +changed 20\S+Z$/m);
  assert.match(listed.stdout, /^openai +not set$/m);
  assert.ok(!/sk-|token-of/.test(set.stderr + listed.stdout + listed.stderr));
  // The worker reads it with its next cold start, and without a deployment.
  const call = { method: 'POST', headers: { authorization: 'Bearer token-of-the-operator-of-this-test' } };
  const body = JSON.stringify({ type: 'custom', prompt: 'Say yes' });
  const answer = await fetch(`${service.host.url}/api/v1/process/sync`, { ...call, body });
  assert.equal(((await answer.json()) as { status: string }).status, 'completed');
  assert.equal(asked.at(-1)?.key, good);
});

test('what is left of a provider’s rates, which tenants share, is told to who may see the whole service', async () => {
  const { stdout } = await run('tenants', ['create', 'acme']);
  const ask = async (token: string) => {
    const body = { model: 'auto', messages: [{ role: 'user', content: 'Hi' }] };
    const answer = await fetch(`${service.host.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    assert.equal(answer.status, 200, await answer.text());
    return answer.headers.get('x-ratelimit-remaining-requests');
  };
  assert.equal(await ask('token-of-the-operator-of-this-test'), '41');
  assert.equal(await ask(stdout.trim()), null);
});

test('a key that is refused is not kept; one whose account is empty is, and it is said', async () => {
  const refused = await secrets(['set', 'kimi', '--check'], 'sk-wrong');
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /^The key of kimi is refused: .*Nothing was changed\n$/s);
  assert.ok(!refused.stderr.includes('sk-wrong'));
  const empty = await secrets(['set', 'kimi', '--check'], broke);
  assert.match(empty.stderr, /is taken, but its account has nothing left/);
});

test('a tenant gets a webhook secret of its own', async () => {
  const { code, stdout, stderr } = await secrets([
    'set',
    'webhook-secrets',
    '--tenant',
    'acme',
    '--generate',
  ]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^whsec_[A-Za-z0-9+/]{43}=\n$/);
});

test('what is no secret, or could not be sent, is refused by name and without it', async () => {
  const cases = [
    [['set', 'kimi'], 'sk-one\nsk-two', /^KIMI_API_KEY has several lines/],
    [['set', 'kimi'], 'sk one', /^KIMI_API_KEY has a space in it/],
    [['set', 'kimi'], '"sk-one"', /^KIMI_API_KEY has quotes around it/],
    [['set', 'kimi'], ' \n', /^kimi is empty/],
    [['set', 'auth-token'], 'sk-a,sk-b,sk-c', /^LLM_AUTH_TOKEN has more than two tokens/],
    [['set', 'webhook-secrets'], 'sk-x', /^LLM_WEBHOOK_SECRET must be whsec_/],
    [['set', 'kimi', 'sk-one'], '', /^A value on the command line stays in the shell’s history/],
    [['set', 'sk-one'], '', /^There is no secret of this name; known are auth-token, webhook-secrets, kimi,/],
    [['set', 'kimi', '--tenant', 'acme'], '', /^--tenant is of webhook-secrets/],
    [['set', 'kimi', '--generate'], '', /^--generate makes auth-token and webhook-secrets/],
    [['set', 'auth-token', '--check'], '', /^--check tries the key of a provider/],
    [['set'], '', /^Usage: npm run secrets -- set <name>/],
  ] as const;
  const runs = await Promise.all(cases.map(([words, input]) => secrets([...words], input)));
  for (const [index, { code, stdout, stderr }] of runs.entries()) {
    const [words, , expected] = cases[index] ?? [[], '', /never/];
    assert.match(stderr, expected, words.join(' '));
    assert.deepEqual([code, stdout], [1, ''], words.join(' '));
    assert.doesNotMatch(stderr, /sk-|\n\s+at /);
  }
});
