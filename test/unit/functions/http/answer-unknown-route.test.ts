import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handler } from '../../../../functions/http/answer-unknown-route.ts';
import { invoke } from './invoke-handler.ts';

test('a path without a route is not found', async () => {
  for (const path of [
    '/',
    '/api/v1/task',
    '/api/v1/tasks/',
    '/api/v1/tasks/a/b',
    '/api/v2/tasks',
    '/api/v1/metric',
  ]) {
    const answer = await invoke(handler, 'GET', path);
    assert.equal(answer.statusCode, 404, path);
    assert.equal(JSON.parse(answer.body).code, 'not_found');
  }
});

test('another method of a known path is answered by 405 with the methods that it has', async () => {
  for (const [method, path, allow] of [
    ['PUT', '/api/v1/tasks', 'GET, POST'],
    ['POST', '/api/v1/tasks/task_1', 'DELETE, GET, PATCH'],
    ['DELETE', '/health', 'GET'],
    ['POST', '/api/v1/providers/kimi/status', 'GET'],
    ['HEAD', '/openapi.json', 'GET'],
  ] as const) {
    const answer = await invoke(handler, method, path);
    assert.equal(answer.statusCode, 405, path);
    assert.equal(answer.headers.allow, allow);
    assert.equal(answer.headers['content-type'], 'application/problem+json');
    assert.equal(JSON.parse(answer.body).code, 'method_not_allowed');
  }
});
