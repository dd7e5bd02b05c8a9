import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveAddress } from '../../../../functions/http/middleware/resolve-address.ts';
import { makeEvent } from './invoke-handler.ts';

const resolve = (url: string, scheme: 'http' | 'ws', headers: Record<string, string>) =>
  resolveAddress(makeEvent('GET', '/docs', { headers }), url, scheme);

test('an address of its own stays as it is', () => {
  const headers = { host: 'api.example', 'x-forwarded-proto': 'https' };
  assert.equal(resolve('wss://sockets.example/ws', 'ws', headers), 'wss://sockets.example/ws');
  assert.equal(resolve('https://streams.example/', 'http', headers), 'https://streams.example/');
});

test('one that the HTTP API has too is told by the name that the caller used', () => {
  for (const host of ['127.0.0.1:8080', 'localhost:8080', '[::1]:8080', 'llm-service']) {
    assert.equal(resolve('/ws', 'ws', { host }), `ws://${host}/ws`);
    assert.equal(resolve('/', 'http', { host }), `http://${host}/`);
  }
  assert.equal(resolve('/', 'http', {}), 'http://localhost/', 'without a header, by the event’s domain');
  assert.equal(
    resolve('/ws', 'ws', { host: 'a.example', 'x-forwarded-proto': 'https' }),
    'wss://a.example/ws',
  );
});

test('a name that could write into a policy or a URL is refused', () => {
  for (const host of ["a;script-src 'unsafe-inline'", 'a b', 'a/b', 'a@b', 'a:port', 'a:1:2', ''])
    assert.throws(() => resolve('/', 'http', { host }), { code: 'invalid_request' }, host);
});
