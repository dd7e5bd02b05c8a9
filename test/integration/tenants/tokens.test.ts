import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import { type RunningService, startService } from '../../../bench/start-service.ts';
import { awsProfile } from '../../../local/access-keys.ts';
import { tenantSubcommands } from '../../../scripts/tenants/subcommands.ts';
import { openSocket } from '../../e2e/event-socket.ts';
import { runHere } from './run-here.ts';

const token = 'token-of-the-operator-of-this-test';
let service: RunningService;

before(async () => {
  service = await startService({
    LLM_AUTH_TOKEN: `${token}, the-former-token-of-the-operator`,
    LLM_PROVIDERS: 'simulated',
    LLM_LOCAL_SCHEDULE_SECONDS: '1',
    SIMULATED_BASE_URL: 'simulated://default?latency_ms=10&tokens_per_second=20000',
  });
  Object.assign(process.env, { AWS_CONFIG_FILE: service.host.awsConfigFile, AWS_PROFILE: awsProfile });
});
after(() => service.stop());

const tenants = (...words: string[]) => runHere('tenants', tenantSubcommands, words);

/** A token that the command makes, as it prints it. */
async function makeToken(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await tenants(...words);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^llm_[a-z0-9-]+_[0-9a-f]{12}_[0-9a-f]{56}\n$/, 'the token alone, for a pipe');
  return stdout.trim();
}

const nameOf = (made: string) => made.slice('llm_'.length).split('_').slice(0, 2).join('_');

async function call(method: string, path: string, bearer: string, body?: unknown) {
  const answer = await fetch(service.host.url + path, {
    method,
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects and fails otherwise.
  const json: any = await answer.json().catch(() => undefined);
  return { status: answer.status, headers: answer.headers, json };
}

const task = { type: 'custom', prompt: 'Say yes' };

test('a tenant’s token is good as soon as it was shown, within its scopes, and each 403 names what is missing', async () => {
  const made = await makeToken('create', 'acme', '--name', 'the shop');
  assert.equal((await call('POST', '/api/v1/tasks', made, task)).status, 202);
  assert.equal((await call('GET', '/api/v1/stats', made)).status, 200);
  for (const path of ['/api/v1/providers/status', '/api/v1/providers/simulated/status', '/api/v1/metrics']) {
    const { status, json, headers } = await call('GET', path, made);
    assert.deepEqual([status, json.code], [403, 'forbidden'], path);
    assert.match(json.detail, /lacks the scope operate, and has submit, read/);
    assert.match(headers.get('www-authenticate') ?? '', /insufficient_scope.*operate/);
  }

  const reads = await makeToken('add', 'acme', '--scopes', 'read');
  assert.equal((await call('GET', '/api/v1/tasks', reads)).json.tasks.length, 1, 'of the same tenant');
  assert.equal((await call('POST', '/api/v1/tasks', reads, task)).json.code, 'forbidden');
  const chat = { model: 'auto', messages: [{ role: 'user', content: 'Hello' }] };
  const refused = await call('POST', '/v1/chat/completions', reads, chat);
  assert.deepEqual([refused.status, refused.json.error.code], [403, 'forbidden']);
  assert.match(refused.json.error.message, /scope submit/);

  const submits = await makeToken('add', 'acme', '--scopes', 'submit');
  assert.equal((await call('POST', '/api/v1/process/sync', submits, task)).json.status, 'completed');
  const streamed = await fetch(`${service.host.url}/api/v1/process/stream`, {
    method: 'POST',
    headers: { authorization: `Bearer ${submits}` },
    body: JSON.stringify(task),
  });
  const [, id] = /id: (task_[\w-]+:\d+)/.exec(await streamed.text()) ?? [];
  const resumed = await fetch(`${service.host.url}/api/v1/process/stream`, {
    method: 'POST',
    headers: { authorization: `Bearer ${submits}`, 'last-event-id': id ?? '' },
  });
  assert.deepEqual([streamed.status, resumed.status], [200, 403], 'who goes on with a stream reads a task');
  await assert.rejects(openSocket(service.host.wsUrl, submits), /refused with 403/);
  const operates = await makeToken('create', 'watch', '--scopes', 'operate');
  assert.equal((await call('GET', '/api/v1/providers/status', operates)).status, 200);
  assert.equal((await call('GET', '/api/v1/tasks', operates)).status, 403);
});

test('LLM_AUTH_TOKEN is two tokens while one takes the place of the other', async () => {
  for (const bearer of [token, 'the-former-token-of-the-operator'])
    assert.equal((await call('GET', '/api/v1/metrics', bearer)).status, 200);
  for (const bearer of [`${token},`, token.slice(1)])
    assert.equal((await call('GET', '/api/v1/stats', bearer)).status, 401);
});

test('tokens are listed without themselves, and their hash is all that the table has', async () => {
  const made = await makeToken('create', 'listed', '--expires', '90d');
  const { stdout } = await tenants('list');
  assert.match(stdout, new RegExp(`^${nameOf(made)} +submit,read +since 20[\\d: -]+  ends 20`, 'm'));
  assert.match(stdout, /^acme_\w+ .*the shop$/m);
  assert.ok(!stdout.includes(made.slice(-20)));
  assert.doesNotMatch((await tenants('list', 'listed')).stdout, /acme/);
});

test('a rotated token is good for a while beside the one that takes its place', async () => {
  const before = await makeToken('create', 'rotated', '--scopes', 'read');
  const next = await makeToken('rotate', nameOf(before), '--keep', '1h');
  for (const bearer of [before, next]) {
    assert.equal((await call('GET', '/api/v1/stats', bearer)).status, 200);
    assert.equal((await call('POST', '/api/v1/tasks', bearer, task)).status, 403, 'of the same scopes');
  }
  const last = await makeToken('rotate', nameOf(next), '--keep', '0s');
  // No function has seen this one, so none takes it from memory.
  const unseen = await makeToken('add', 'rotated');
  await makeToken('rotate', nameOf(unseen), '--keep', '0s');
  assert.equal((await call('GET', '/api/v1/stats', unseen)).status, 401);
  assert.equal((await call('GET', '/api/v1/stats', last)).status, 200);
});

test('a revoked token opens nothing, and what it had opened is closed', async () => {
  const kept = await makeToken('create', 'closed');
  const revoked = await makeToken('add', 'closed');
  const sockets = await Promise.all([
    connect({ bearer: kept }),
    connect({ bearer: revoked }),
    connect({ ticket: (await call('POST', '/api/v1/ws-tickets', revoked)).json.ticket }),
    connect({ bearer: token }),
  ]);
  const told = await tenants('revoke', nameOf(revoked));
  assert.deepEqual(
    [told.code, told.stdout],
    [0, 'It is refused within a minute, and what it opened is closed.\n'],
  );
  await Promise.all([sockets[1].closed, sockets[2].closed]);
  assert.deepEqual(
    sockets.map(({ socket }) => socket.readyState === WebSocket.OPEN),
    [true, false, false, true],
  );
  await assert.rejects(openSocket(service.host.wsUrl, revoked), /refused with 401/);
  // No function of this route has seen it yet.
  assert.equal((await call('GET', '/v1/models', revoked)).status, 401);
  for (const { socket } of sockets) socket.close();

  await tenants('revoke', '--all', 'closed');
  await assert.rejects(openSocket(service.host.wsUrl, kept), /refused with 401/);
});

async function connect({ bearer, ticket }: { bearer?: string; ticket?: string }) {
  const url = service.host.wsUrl + (ticket ? `?ticket=${ticket}` : '');
  const socket = new WebSocket(url, { headers: bearer ? { authorization: `Bearer ${bearer}` } : {} });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return { socket, closed };
}

test('what is wrong with a command is said, and no secret repeated', async () => {
  const made = await makeToken('create', 'wrong');
  for (const [words, expected] of [
    [[], /^Usage:\n {2}npm run tenants -- create <tenant> /],
    [['create'], /^Usage: npm run tenants -- create <tenant> /],
    [['create', 'Big Corp'], /must be 1 to 32 lower-case letters, digits and dashes, not "Big Corp"/],
    [['create', 'x'.repeat(33)], /must be 1 to 32 lower-case letters/],
    [['create', 'wrong'], /wrong is there already: npm run tenants -- add wrong/],
    [['add', 'nobody'], /There is no tenant nobody: npm run tenants -- create nobody/],
    [['create', 'other', '--scopes', 'submit,admin'], /--scopes are submit, read, operate, not "admin"/],
    [['create', 'other', '--expires', 'soon'], /--expires is a duration such as 90d, not "soon"/],
    [['create', 'other', '--name', 'two\nlines'], /--name has 1 to 64 characters on one line/],
    [['rotate', `${made}x`], /^A token id is <tenant>_<12 digits>/],
    [['rotate', 'wrong_0123456789ab'], /^There is no token wrong_0123456789ab/],
    [['revoke', 'wrong_0123456789ab'], /^There is no token wrong_0123456789ab/],
    [['revoke', '--all', 'nobody'], /^nobody has no token that is still good/],
  ] as const) {
    const { code, stdout, stderr } = await tenants(...words);
    assert.match(stderr, expected, words.join(' '));
    assert.deepEqual([code, stdout], [1, ''], words.join(' '));
    assert.doesNotMatch(stderr, /\n\s+at /);
    assert.ok(!stderr.includes(made.slice(-30)));
  }
  const { stderr } = await tenants('revoke', made);
  assert.match(stderr, new RegExp(`^${nameOf(made)} .*ended`), 'a leaked token names itself');
});
