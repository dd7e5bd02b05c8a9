import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WireProblem } from '../../../../core/http-contract/problem-wire.ts';
import { type RequestErrorCode, requestErrorCodes, ServiceError } from '../../../../core/service-error.ts';
import { createAuthenticate } from '../../../../functions/http/middleware/authenticate.ts';
import { errorStatus } from '../../../../functions/http/middleware/error-status.ts';
import {
  type ServeRequest,
  servePublic,
  serveTenant,
} from '../../../../functions/http/middleware/serve-http.ts';
import { invoke } from './invoke-handler.ts';
import { provideSettings } from './provide-settings.ts';

const failWith = (error: unknown) =>
  invoke(
    servePublic(() => Promise.reject(error)),
    'GET',
    '/x',
  );

test('every answer has its request id and the security headers', async () => {
  const answer = await invoke(
    servePublic(async () => ({ status: 200, json: {} })),
    'GET',
    '/x',
  );
  assert.equal(answer.statusCode, 200);
  assert.equal(answer.headers['content-type'], 'application/json');
  assert.equal(answer.headers['x-request-id'], 'request-1');
  assert.equal(answer.headers['cache-control'], 'no-store');
  assert.equal(answer.headers['x-content-type-options'], 'nosniff');
});

test('a HEAD is answered like its GET, without the body', async () => {
  const serve = servePublic(async () => ({ status: 200, json: { a: 1 } }));
  const [get, head] = [await invoke(serve, 'GET', '/x'), await invoke(serve, 'HEAD', '/x')];
  assert.deepEqual(head, { ...get, body: '' });
  const failing = servePublic(() => Promise.reject(new Error('no')));
  assert.equal((await invoke(failing, 'HEAD', '/x')).body, '');
});

test('every code answers as a problem of its status', async () => {
  for (const code of requestErrorCodes) {
    const answer = await failWith(new ServiceError(code, 'Because'));
    assert.equal(answer.statusCode, errorStatus[code]);
    assert.equal(answer.headers['content-type'], 'application/problem+json');
    assert.equal(answer.headers['x-request-id'], 'request-1');
    const problem = WireProblem.parse(JSON.parse(answer.body));
    assert.equal(problem.code, code);
    assert.equal(problem.request_id, 'request-1');
    assert.equal(problem.status, errorStatus[code]);
  }
});

test('faults are named by pointer', async () => {
  const faults = [{ pointer: '/config/timeout', detail: 'is too long' }];
  const answer = await failWith(new ServiceError('invalid_request', 'No', { faults }));
  assert.deepEqual(JSON.parse(answer.body).errors, faults);
});

test('the cause of an internal error is not shown', async () => {
  const cause = new Error('table secret-table is gone');
  for (const error of [cause, 'text', new ServiceError('internal', 'table secret-table', { cause })]) {
    const answer = await failWith(error);
    assert.equal(answer.statusCode, 500);
    assert.doesNotMatch(answer.body, /secret-table|text/);
  }
});

test('a temporary refusal says in whole seconds when to come back', async () => {
  const after = async (code: RequestErrorCode, retryAfter?: number) =>
    (await failWith(new ServiceError(code, 'Wait', { retryable: true, ...(retryAfter && { retryAfter }) })))
      .headers['retry-after'];
  assert.equal(await after('queue_full', 4_200), '5');
  assert.equal(await after('rate_limited', 10), '1');
  assert.equal(await after('no_provider_available'), '1');
  assert.equal(await after('not_found'), undefined);
});

test('a 401 names its scheme', async () => {
  const answer = await failWith(new ServiceError('unauthenticated', 'No'));
  assert.equal(answer.headers['www-authenticate'], 'Bearer');
});

test('a 403 names the scope that the token lacks', async () => {
  const answer = await failWith(new ServiceError('forbidden', 'No', { scope: 'operate' }));
  assert.equal(answer.headers['www-authenticate'], 'Bearer error="insufficient_scope", scope="operate"');
});

test('an open service serves every caller as the default tenant', async () => {
  provideSettings({ open: true });
  const authenticate = createAuthenticate({ STATE_TABLE: 'state', AUTH_PARAMETER: '/auth-token' });
  const handler = serveTenant(authenticate, async (_event, tenant) => ({ status: 200, json: { tenant } }));
  assert.deepEqual(JSON.parse((await invoke(handler, 'GET', '/x')).body), { tenant: 'default' });
});

test('no function starts without the name of the parameter that holds the token', () => {
  provideSettings({ open: false });
  assert.throws(() => createAuthenticate({ STATE_TABLE: 'state' }), /AUTH_PARAMETER/);
});

test('the token is checked before anything else of a request', async () => {
  let served = false;
  const refuse = () => Promise.reject(new ServiceError('unauthenticated', 'No'));
  const serve: ServeRequest = async () => {
    served = true;
    return { status: 200 };
  };
  assert.equal((await invoke(serveTenant(refuse, serve), 'GET', '/x')).statusCode, 401);
  assert.equal(served, false);
});
