import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readErrorReply } from '../../../../core/attempts/error-reply.ts';
import { readHoldBack, readRetryAfter } from '../../../../core/attempts/read-retry-after.ts';

const now = Date.UTC(2026, 10, 22, 12);
const day = 86_400_000;

function waitOf(headers: Record<string, string>, body: unknown = {}): number | undefined {
  return readRetryAfter(readErrorReply(429, headers, JSON.stringify(body)), now);
}

test('a day is the longest wait that is read at all', () => {
  assert.equal(waitOf({ 'retry-after': '86400' }), day);
  assert.equal(waitOf({ 'retry-after': '86401' }), undefined);
  assert.equal(waitOf({ 'retry-after-ms': '86400001' }), undefined);
  assert.equal(waitOf({ 'retry-after': 'Mon, 23 Nov 2026 12:00:00 GMT' }), day);
  assert.equal(waitOf({ 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' }), undefined);
});

test('what is no wait is read as none, not as no wait at all', () => {
  for (const text of ['-5', '5, 5', 'soon', '1e9', 'Infinity', '0x10', '', ' ', '9'.repeat(400), '1.5.5'])
    assert.equal(waitOf({ 'retry-after': text }), undefined, text.slice(0, 20));
  assert.equal(waitOf({}, { error: { message: 'try again in 1.2.3s' } }), undefined);
  assert.equal(waitOf({}, { error: { details: [{ retryDelay: '...s' }] } }), undefined);
});

test('an absurd word does not hide a sensible one', () => {
  assert.equal(waitOf({ 'retry-after-ms': '99999999999', 'retry-after': '2' }), 2_000);
  assert.equal(waitOf({ 'retry-after': '99999999' }, { error: { message: 'try again in 3s' } }), 3_000);
  const two = {
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': '9999h',
    'x-ratelimit-remaining-tokens': '0',
    'x-ratelimit-reset-tokens': '6s',
  };
  assert.equal(waitOf(two), 6_000);
});

test('a limit of nothing is no limit', () => {
  const headers = {
    'x-ratelimit-limit-requests': '0',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': '24h',
  };
  assert.equal(waitOf(headers), undefined);
  assert.equal(readHoldBack(headers, now), undefined);
  assert.equal(readHoldBack({ ...headers, 'x-ratelimit-limit-requests': '60' }, now), day);
});

test('a reset is a duration, seconds, a date, or a moment since 1970 in seconds or milliseconds', () => {
  const reset = (text: string) =>
    readHoldBack({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': text }, now);
  for (const text of ['1m30s', '90', '2026-11-22T12:01:30Z', String(now / 1_000 + 90), String(now + 90_000)])
    assert.equal(reset(text), 90_000, text);
  assert.equal(reset('0'), undefined);
  assert.equal(readHoldBack({ 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '90' }, now), undefined);
  const anthropic = {
    'anthropic-ratelimit-output-tokens-remaining': '0',
    'anthropic-ratelimit-output-tokens-reset': '2026-11-22T12:00:07Z',
  };
  assert.equal(readHoldBack(anthropic, now), 7_000);
});
