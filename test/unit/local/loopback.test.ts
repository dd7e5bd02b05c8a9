import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLoopbackHost, isLoopbackName, isLoopbackOrigin } from '../../../local/loopback.ts';

test('a host of this machine alone is known with any port and in any case', () => {
  for (const name of [
    'localhost',
    'LocalHost',
    'app.localhost',
    'a-b.c_d.localhost',
    '127.0.0.1',
    '127.9.8.7',
  ])
    for (const port of ['', ':', ':80', ':65535'])
      assert.equal(isLoopbackHost(name + port), true, name + port);
  for (const host of ['[::1]', '[::1]:8080']) assert.equal(isLoopbackHost(host), true, host);
});

test('any other host is foreign, however near it looks', () => {
  for (const host of [
    undefined,
    '',
    'example.com',
    'localhost.example.com',
    'evillocalhost',
    '.localhost',
    'localhost.',
    'localhost:80:80',
    'localhost:x',
    'a@localhost',
    'a/localhost',
    '127.0.0.1.example.com',
    '127.0.0.1.nip.io',
    '127.0.0.256',
    '127.1',
    '0.0.0.0',
    '10.0.0.1',
    '::1',
    '[::]',
    '[::2]',
    '[::1',
    '[::1]x',
    '[::ffff:127.0.0.1]',
    '[::ffff:10.0.0.1]',
  ])
    assert.equal(isLoopbackHost(host), false, host);
});

test('an address to listen on is written without brackets', () => {
  assert.equal(isLoopbackName('::1'), true);
  assert.equal(isLoopbackName('::'), false);
});

test('an origin is of this machine by its host alone, and only as a browser writes it', () => {
  for (const origin of [
    'http://localhost',
    'http://localhost:3000',
    'https://app.localhost',
    'http://127.0.0.1:8080',
    'http://[::1]:8080',
  ])
    assert.equal(isLoopbackOrigin(origin), true, origin);
  for (const origin of [
    'null',
    '',
    'https://example.com',
    'http://localhost.example.com',
    'http://[::ffff:127.0.0.1]',
    'http://0.0.0.0',
    'http://localhost/',
    'http://localhost@example.com',
    'http://example.com@localhost',
    'http://localhost, https://example.com',
    'chrome-extension://localhost',
    'file://localhost',
  ])
    assert.equal(isLoopbackOrigin(origin), false, origin);
});
