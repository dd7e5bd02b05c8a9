import assert from 'node:assert/strict';
import { test } from 'node:test';
import { corsHeaders } from '../../../../local/api/cors-headers.ts';

const from = (origin: string, method = 'GET') => ({ method, headers: { origin } });
const everyone = {
  AllowOrigins: ['*'],
  AllowMethods: ['GET', 'POST'],
  ExposeHeaders: ['location'],
  MaxAge: 60,
};

test('without a token no answer allows every origin', () => {
  const page = from('http://localhost:3000');
  assert.equal(corsHeaders(page, everyone, 'token')?.['access-control-allow-origin'], '*');
  for (const openness of ['machine', 'network'] as const) {
    const headers = corsHeaders(page, everyone, openness);
    assert.equal(headers?.['access-control-allow-origin'], 'http://localhost:3000');
    assert.equal(headers?.vary, 'origin');
  }
});

test('of a list only the origin that asks is named', () => {
  const list = { AllowOrigins: ['https://a.example', 'https://b.example'] };
  const allowed = corsHeaders(from('https://b.example'), list, 'token');
  assert.deepEqual(allowed, { 'access-control-allow-origin': 'https://b.example', vary: 'origin' });
  assert.deepEqual(corsHeaders(from('https://c.example'), list, 'token'), {});
});

test('a preflight is told methods and time, another request what it may read', () => {
  assert.deepEqual(corsHeaders(from('https://a.example', 'OPTIONS'), everyone, 'token'), {
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'location',
    'access-control-allow-methods': 'GET,POST',
    'access-control-max-age': '60',
  });
});

test('there are none without CORS, and for programs', () => {
  assert.equal(corsHeaders(from('https://a.example'), undefined, 'token'), undefined);
  assert.equal(corsHeaders({ method: 'GET', headers: {} }, everyone, 'token'), undefined);
});
