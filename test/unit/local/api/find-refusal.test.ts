import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findRefusal } from '../../../../local/api/find-refusal.ts';

const host = '127.0.0.1:8080';
const get = (headers: Record<string, string>) => ({ method: 'GET', headers: { host, ...headers } });
const send = (headers: Record<string, string>, method = 'POST') => ({
  method,
  headers: { host, 'content-length': '2', ...headers },
});
/** Each by itself shows that a browser sends the request. */
const browsers: Record<string, string>[] = [
  { origin: 'http://localhost:3000' },
  { 'sec-fetch-site': 'same-origin' },
];
const form = 'application/x-www-form-urlencoded';

test('without a token a foreign host and a foreign page are refused, with what to do', () => {
  for (const head of [
    get({ host: 'evil.example:8080' }),
    { method: 'GET', headers: {} },
    get({ origin: 'https://evil.example' }),
    get({ origin: 'null' }),
  ]) {
    const refusal = findRefusal(head, 'machine');
    assert.deepEqual([refusal?.status, refusal?.code], [403, 'forbidden']);
    assert.match(refusal?.detail ?? '', /LLM_AUTH_TOKEN/);
  }
  assert.equal(findRefusal(get({ origin: 'http://localhost:3000' }), 'machine'), undefined);
});

test('an open network is reached by any name, but not from a foreign page', () => {
  assert.equal(findRefusal(get({ host: 'my-machine:8080' }), 'network'), undefined);
  assert.equal(findRefusal(get({ origin: 'https://evil.example' }), 'network')?.status, 403);
  // The name of a rebound page is its own.
  const rebound = get({ host: 'evil.example', origin: 'http://evil.example' });
  assert.equal(findRefusal(rebound, 'network')?.status, 403);
});

test('a browser sends a body as JSON or not at all', () => {
  for (const from of browsers) {
    for (const method of ['POST', 'PUT', 'PATCH'])
      for (const type of [undefined, 'text/plain', form, 'text/json', 'application/jsonp']) {
        const head = send({ ...from, ...(type && { 'content-type': type }) }, method);
        assert.equal(findRefusal(head, 'machine')?.code, 'invalid_request', `${method} ${type}`);
      }
    for (const type of ['application/json', 'Application/JSON; charset=utf-8', 'application/problem+json'])
      assert.equal(findRefusal(send({ ...from, 'content-type': type }), 'machine'), undefined, type);
    assert.equal(findRefusal(send({ ...from, 'content-length': '0' }), 'machine'), undefined);
    const chunked = { method: 'POST', headers: { host, 'transfer-encoding': 'chunked', ...from } };
    assert.equal(findRefusal(chunked, 'machine')?.status, 400);
  }
});

test('a program sends what it likes', () => {
  assert.equal(findRefusal(send({}), 'machine'), undefined);
  for (const type of [form, 'text/plain'])
    assert.equal(findRefusal(send({ 'content-type': type }), 'machine'), undefined);
});

test('a token lifts all of it', () => {
  const head = send({ host: 'evil.example', origin: 'null', 'content-type': form });
  assert.equal(findRefusal(head, 'token'), undefined);
});
