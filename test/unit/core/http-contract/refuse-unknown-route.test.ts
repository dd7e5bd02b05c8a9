import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refuseUnknownRoute } from '../../../../core/http-contract/refuse-unknown-route.ts';

const refuse = (method: string, path: string, webSocket = true) =>
  refuseUnknownRoute(method, path, { webSocket });

test('a path without a route is not found', () => {
  for (const path of [
    '/api/v1/task',
    '/api/v1/tasks/',
    '/api/v1/tasks/a/b',
    '/api/v2/tasks',
    '/api/v1/metric',
  ])
    assert.equal(refuse('GET', path).code, 'not_found', path);
});

test('another method of a known path is refused with the methods that it has', () => {
  for (const [method, path, allow] of [
    ['PUT', '/api/v1/tasks', 'GET, POST'],
    ['POST', '/api/v1/tasks/task_1', 'DELETE, GET, PATCH'],
    ['DELETE', '/health', 'GET, HEAD'],
    ['POST', '/api/v1/providers/kimi/status', 'GET'],
    ['PUT', '/api/v1/tasks/batch', 'POST'],
    ['GET', '/api/v1/ws-tickets', 'POST'],
    ['POST', '/docs', 'GET, HEAD'],
    ['POST', '/', 'GET, HEAD'],
  ] as const) {
    const error = refuse(method, path);
    assert.equal(error.code, 'method_not_allowed', path);
    assert.equal(error.allow.join(', '), allow);
    assert.equal(error.message, `${method} is not allowed here; ${allow} is`);
  }
});

test('without WebSockets there is no route for their tickets', () => {
  assert.equal(refuse('POST', '/api/v1/ws-tickets', false).code, 'not_found');
});
