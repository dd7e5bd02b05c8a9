import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matchRoute } from '../../../../local/api/http-api-routes.ts';

const keys = ['GET /a/{x}', 'ANY /a/{x}', 'GET /a/exact', 'GET /{proxy+}', 'POST /a/{x}/b', '$default'];
const routes = keys.map((key) => {
  const [method = '', path = ''] = key.split(' ');
  return {
    key,
    method,
    segments: path.split('/').slice(1),
    functionArn: '',
    timeoutMs: 1,
  };
});
const match = (method: string, path: string) => {
  const found = matchRoute(routes, method, path);
  return [found?.route.key, found?.parameters];
};

describe('routes of an HTTP API', () => {
  it('prefers exact segments to parameters, a method to ANY, and takes $default last', () => {
    assert.deepEqual(match('GET', '/a/exact'), ['GET /a/exact', undefined]);
    assert.deepEqual(match('GET', '/a/other'), ['GET /a/{x}', { x: 'other' }]);
    assert.deepEqual(match('DELETE', '/a/other'), ['ANY /a/{x}', { x: 'other' }]);
    assert.deepEqual(match('GET', '/a/b/c'), ['GET /{proxy+}', { proxy: 'a/b/c' }]);
    assert.deepEqual(match('POST', '/a/1%2F2/b'), ['POST /a/{x}/b', { x: '1/2' }]);
    assert.deepEqual(match('POST', '/zzz'), ['$default', undefined]);
  });

  it('takes a broken escape as it is', () => {
    assert.deepEqual(match('GET', '/a/%E0%A4%A'), ['GET /a/{x}', { x: '%E0%A4%A' }]);
  });
});
