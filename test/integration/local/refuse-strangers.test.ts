import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import WebSocket from 'ws';
import { startHost } from '../../../local/start-host.ts';
import { type Fixture, startFixture, synthesizeFixture, temporaryDirectory } from './start-fixture.ts';

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** fetch sets these headers itself, so this asks without it. */
function ask(url: string, method: string, headers: OutgoingHttpHeaders, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, async (response) => {
      const text = (await response.toArray()).join('');
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    });
    sent.on('error', reject).end(body);
  });
}

function assertRefused({ status, headers, text }: Answer, expected = 403, code = 'forbidden') {
  assert.equal(status, expected, text);
  assert.equal(headers['content-type'], 'application/problem+json');
  assert.equal(headers['access-control-allow-origin'], undefined);
  const problem = JSON.parse(text);
  assert.deepEqual([problem.code, problem.status, problem.type], [code, expected, 'about:blank']);
  assert.equal(problem.request_id, headers['x-request-id']);
}

/** The fixture, with an HTTP API that allows every origin. */
async function allowEveryOrigin(assembly: string): Promise<string> {
  const directory = temporaryDirectory();
  cpSync(assembly, directory, { recursive: true });
  const nested = join(directory, 'assembly-Fixture');
  for (const name of readdirSync(nested).filter((file) => file.endsWith('.template.json'))) {
    const template = readFileSync(join(nested, name), 'utf8');
    writeFileSync(join(nested, name), template.replace('"https://example.com"', '"*"'));
  }
  return directory;
}

const foreign = [
  'https://evil.example',
  'null',
  'http://[::ffff:127.0.0.1]',
  'http://localhost.evil.example',
];
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const call = JSON.stringify({ action: 'environment' });

describe('the local host without a token', () => {
  let fixture: Fixture;
  let assemblyDir: string;
  let port: string;
  before(async () => {
    assemblyDir = await allowEveryOrigin(await synthesizeFixture());
    fixture = await startFixture(assemblyDir);
    port = new URL(fixture.host.url).port;
  });
  after(() => fixture.close());
  const at = (path: string) => fixture.host.url + path;

  /** The status of an upgrade: 101, or that of the refusal. */
  async function connect(headers: Record<string, string>): Promise<{ status: number; text: string }> {
    const socket = new WebSocket(`${fixture.host.wsUrl}?token=good`, { headers });
    socket.on('error', () => {});
    const opened = once(socket, 'open').then(() => ({ status: 101, text: '' }));
    const refused = once(socket, 'unexpected-response').then(async ([, response]) => ({
      status: response.statusCode as number,
      text: (await response.toArray()).join(''),
    }));
    const answer = await Promise.race([opened, refused]);
    socket.terminate();
    return answer;
  }

  it('refuses the name of a page that was rebound to it, wherever it asks', async () => {
    for (const host of [`evil.example:${port}`, `0.0.0.0:${port}`, `[::ffff:127.0.0.1]:${port}`]) {
      for (const path of [
        '/echo/1',
        '/files/a',
        '/nowhere',
        new URL(String(fixture.host.outputs.StreamUrl)).pathname,
      ])
        assertRefused(await ask(at(path), 'GET', { host }));
      assertRefused(await ask(at('/call'), 'POST', { host }, call));
      const { status, text } = await connect({ host });
      assert.deepEqual([status, JSON.parse(text).code], [403, 'forbidden']);
    }
  });

  it('answers to each name of the loopback interface', async () => {
    for (const host of ['localhost', `app.localhost:${port}`, '127.0.0.2:1', `[::1]:${port}`]) {
      assert.equal((await ask(at('/echo/1'), 'GET', { host })).status, 200, host);
      assert.equal((await connect({ host })).status, 101, host);
    }
  });

  it('refuses foreign pages, preflights and WebSockets included', async () => {
    for (const origin of foreign) {
      assertRefused(await ask(at('/echo/1'), 'GET', { origin }));
      assertRefused(await ask(String(fixture.host.outputs.StreamUrl), 'GET', { origin }));
      const json = { 'content-type': 'application/json' };
      assertRefused(await ask(at('/call'), 'POST', { origin, ...json }, call));
      const preflight = { origin, 'access-control-request-method': 'POST' };
      assertRefused(await ask(at('/call'), 'OPTIONS', preflight));
      assert.equal((await connect({ origin })).status, 403, origin);
    }
  });

  it('serves loopback pages on any port, and tells no other origin that it may read', async () => {
    const origin = 'http://localhost:3000';
    const answer = await ask(at('/call'), 'POST', { origin, 'content-type': 'application/json' }, call);
    assert.deepEqual([answer.status, answer.headers['access-control-allow-origin']], [200, origin]);
    const preflight = { origin, 'access-control-request-method': 'POST' };
    const allowed = await ask(at('/call'), 'OPTIONS', preflight);
    assert.deepEqual([allowed.status, allowed.headers['access-control-allow-origin']], [204, origin]);
    assert.equal((await connect({ origin })).status, 101);
  });

  it('takes no body from a browser that a form could send', async () => {
    for (const type of [form, { 'content-type': 'text/plain' }, {}])
      for (const from of [{ origin: 'http://localhost:3000' }, { 'sec-fetch-site': 'cross-site' }])
        assertRefused(await ask(at('/call'), 'POST', { ...type, ...from }, call), 400, 'invalid_request');
  });

  it('takes any body from a program', async () => {
    for (const headers of [form, { 'content-type': 'text/plain' }, {}])
      assert.equal((await ask(at('/echo/1'), 'POST', headers, call)).status, 200);
    // Sends text/plain and some of a browser's headers.
    assert.equal((await fetch(at('/echo/1'), { method: 'POST', body: call })).status, 200);
  });

  it('serves IPv6 loopback alike', async (t) => {
    const other = await startFixture(assemblyDir, { hostname: '::1' });
    t.after(() => other.close());
    assert.match(other.host.url, /^http:\/\/\[::1\]:\d+$/);
    assert.equal((await ask(`${other.host.url}/echo/1`, 'GET', {})).status, 200);
    assertRefused(await ask(`${other.host.url}/echo/1`, 'GET', { host: 'evil.example' }));
  });

  it('does not start on the network, unless that is asked for', async (t) => {
    const options = { assemblyDir, dataDir: temporaryDirectory(), port: 0, hostname: '0.0.0.0', quiet: true };
    const startOpen = async () => (await startHost({ ...options, environment: {} })).close(0);
    await assert.rejects(startOpen(), /Set LLM_AUTH_TOKEN, or LLM_ALLOW_OPEN_NETWORK/);
    const host = await startHost({ ...options, environment: { LLM_ALLOW_OPEN_NETWORK: 'true' } });
    t.after(() => host.close(0));
    assert.match(host.notices.join(), /LLM_ALLOW_OPEN_NETWORK/);
    assert.equal((await ask(`${host.url}/echo/1`, 'GET', { host: 'my-machine' })).status, 200);
    assertRefused(
      await ask(`${host.url}/echo/1`, 'GET', { host: 'evil.example', origin: 'http://evil.example' }),
    );
  });
});
