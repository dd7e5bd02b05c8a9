import assert from 'node:assert/strict';
import { test } from 'node:test';
import { invoke } from './invoke-handler.ts';
import { provideSettings } from './provide-settings.ts';

type Module = typeof import('../../../../functions/http/answer-unknown-route.ts');

/** The function of a deployment with these settings. */
async function load(webSocket: boolean): Promise<Module['handler']> {
  provideSettings({ webSocket });
  const file = `../../../../functions/http/answer-unknown-route.ts?webSocket=${webSocket}`;
  return ((await import(file)) as Module).handler;
}
const handler = await load(true);

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
    ['DELETE', '/health', 'GET, HEAD'],
    ['POST', '/api/v1/providers/kimi/status', 'GET'],
    ['PUT', '/api/v1/tasks/batch', 'POST'],
    ['GET', '/api/v1/ws-tickets', 'POST'],
  ] as const) {
    const answer = await invoke(handler, method, path);
    assert.equal(answer.statusCode, 405, path);
    assert.equal(answer.headers.allow, allow);
    assert.equal(answer.headers['content-type'], 'application/problem+json');
    assert.equal(JSON.parse(answer.body).code, 'method_not_allowed');
  }
});

test('without WebSockets there is no route for their tickets', async () => {
  const answer = await invoke(await load(false), 'POST', '/api/v1/ws-tickets');
  assert.equal(answer.statusCode, 404);
});
