import assert from 'node:assert/strict';
import test from 'node:test';
import { checkCallbackUrl } from '../../../../core/webhooks/check-callback-url.ts';
import { allowedUrls, forbiddenUrls } from './forbidden-urls.ts';

const strict = { allowHttp: false, allowPrivate: false };
const local = { allowHttp: true, allowPrivate: true };

test('every spelling of a forbidden target is refused with a reason', () => {
  assert.ok(new Set(forbiddenUrls).size >= 60);
  const passed = forbiddenUrls.filter((url) => checkCallbackUrl(url, strict) === undefined);
  assert.deepEqual(passed, []);
});

test('public https URLs are allowed', () => {
  const refused = allowedUrls.filter((url) => checkCallbackUrl(url, strict) !== undefined);
  assert.deepEqual(refused, []);
});

test('the local host allows http, loopback and private networks at any port', () => {
  for (const url of [
    'http://127.0.0.1:9000/hook',
    'http://localhost:9000/',
    'https://[::1]:1/',
    'http://10.1.2.3/',
  ])
    assert.equal(checkCallbackUrl(url, local), undefined, url);
});

test('no configuration allows link-local, unspecified, multicast or tunnelled addresses', () => {
  const never = [
    'http://169.254.169.254/',
    'http://[fd00:ec2::254]/',
    'http://0.0.0.0/',
    'http://224.0.0.1/',
    'http://[fe80::1]/',
    'http://[2002:7f00:1::]/',
  ];
  for (const url of never) assert.notEqual(checkCallbackUrl(url, local), undefined, url);
});

test('a port is allowed only where the configuration names it', () => {
  assert.equal(checkCallbackUrl('https://example.com:8443/', { ...strict, allowedPorts: [8443] }), undefined);
  assert.equal(
    checkCallbackUrl('https://example.com:8444/', { ...strict, allowedPorts: [8443] }),
    'must not name port 8444',
  );
});

test('a URL longer than 2,048 characters is refused', () => {
  assert.match(checkCallbackUrl(`https://example.com/${'a'.repeat(2048)}`, strict) ?? '', /2048/);
});
