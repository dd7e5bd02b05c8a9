import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import WebSocket from 'ws';
import { type Fixture, startFixture, synthesizeFixture } from './start-fixture.ts';

describe('the local host as API Gateway', () => {
  let fixture: Fixture;
  before(async () => {
    fixture = await startFixture(await synthesizeFixture(), {
      // The token is the fixture's business; that there is one lets other hosts and origins in.
      environment: { FIXTURE_SECRET: 'very secret', LLM_LOCAL_SCHEDULE_SECONDS: '1', LLM_AUTH_TOKEN: 'any' },
    });
  });
  after(() => fixture.close());
  const get = (path: string, init?: RequestInit) => fetch(fixture.host.url + path, init);

  it('gives a handler a request in payload format 2.0', async () => {
    const headers = { cookie: 'a=1; b=2', 'x-own': 'yes', 'content-type': 'application/octet-stream' };
    const response = await get('/echo/one%20two?q=1&q=2&r=%C3%A9', { method: 'PUT', headers, body: 'ab' });
    const event = JSON.parse(await response.text());
    assert.equal(event.version, '2.0');
    assert.equal(event.routeKey, 'ANY /echo/{id}');
    assert.deepEqual(event.pathParameters, { id: 'one two' });
    assert.deepEqual(event.queryStringParameters, { q: '1,2', r: 'é' });
    assert.deepEqual(event.cookies, ['a=1', 'b=2']);
    assert.equal(event.headers['x-own'], 'yes');
    assert.deepEqual([event.body, event.isBase64Encoded], ['YWI=', true]);
    assert.equal(event.requestContext.http.method, 'PUT');
  });

  it('matches greedy routes and answers 404 for a route that is not there', async () => {
    const event = JSON.parse(await (await get('/files/a/b')).text());
    assert.deepEqual(event.pathParameters, { proxy: 'a/b' });
    for (const [path, method] of [
      ['/nowhere', 'GET'],
      ['/call', 'GET'],
      ['/echo/', 'GET'],
    ] as const) {
      const response = await get(path, { method });
      assert.equal(response.status, 404, path);
      assert.deepEqual(await response.json(), { message: 'Not Found' });
    }
  });

  it('answers a preflight itself and only for an allowed origin', async () => {
    const preflight = (origin: string) =>
      get('/call', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
    const allowed = await preflight('https://example.com');
    assert.equal(allowed.status, 204);
    assert.equal(allowed.headers.get('access-control-allow-origin'), 'https://example.com');
    const refused = await preflight('https://evil.example');
    assert.deepEqual([refused.status, refused.headers.get('access-control-allow-origin')], [204, null]);
  });

  it('streams the answer of a function URL', async () => {
    const response = await fetch(String(fixture.host.outputs.StreamUrl));
    assert.equal(response.status, 201);
    assert.equal(response.headers.get('content-type'), 'text/event-stream');
    assert.equal(await response.text(), 'data: one\n\ndata: two\n\ndata: three\n\n');
  });

  it('refuses a WebSocket whose authorizer refuses it', async () => {
    for (const [query, status] of [
      ['', 401],
      ['?token=bad', 403],
    ] as const) {
      const socket = new WebSocket(fixture.host.wsUrl + query);
      const [, response] = await once(socket, 'unexpected-response');
      assert.equal(response.statusCode, status);
      socket.on('error', () => {});
      socket.terminate();
    }
  });

  it('hands messages to a function, lets it answer on the connection, and says when it is gone', async () => {
    const socket = new WebSocket(`${fixture.host.wsUrl}?token=good`);
    await once(socket, 'open');
    const ask = async (message: string) => {
      socket.send(message);
      const [data] = await once(socket, 'message');
      return JSON.parse(String(data));
    };
    const said = JSON.stringify({ action: 'say', text: 'x'.repeat(30_000) });
    assert.deepEqual(await ask(said), { route: '$default', heard: said, tenant: 'one' });
    assert.equal((await ask('not json')).route, '$default');
    assert.equal((await ask('{"action":"$connect"}')).route, '$default');
    socket.send('x'.repeat(40_000));
    assert.equal((await once(socket, 'close'))[0], 1009);
    const farewell = async (): Promise<string> => {
      const [body = ''] = await fixture.receive('plain', 1);
      return body.includes('disconnected') ? body : farewell();
    };
    assert.match(await farewell(), /"gone":"GoneException"/);
  });

  it('runs a schedule', async () => {
    const seen = async (): Promise<true> =>
      (await fixture.receive('plain', 1)).includes('scheduled') || seen();
    assert.equal(await seen(), true);
  });

  it('keeps objects, parameters and events for the functions that may use them', async () => {
    await fixture.call('store', { key: 'a/b c', body: 'kept' });
    assert.equal((await fixture.call('load', 'a/b c')).body, 'kept');
    const { body } = await fixture.call('parameter', '/fixture/secret');
    assert.deepEqual([body.Parameter.Name, body.Parameter.Value], ['/fixture/secret', 'very secret']);
    assert.equal((await fixture.call('parameter', '/fixture/unset')).body.name, 'ParameterNotFound');
    const published = (await fixture.call('publish', { kind: 'ape' })).body;
    assert.deepEqual([published.FailedEntryCount, published.Entries.length], [0, 1]);
    assert.match(published.Entries[0].EventId, /^[0-9a-f-]{36}$/);
  });

  it('denies what the role of a function does not grant, by name', async () => {
    const item = { pk: { S: 'a' }, sk: { S: 'b' } };
    const { body } = await fixture.call('put', item, '/denied');
    assert.equal(body.name, 'AccessDeniedException');
    assert.match(
      body.message,
      /Denied.* is not authorized to perform: dynamodb:PutItem on resource: .*table\/fixture-items/,
    );
    assert.equal((await fixture.call('load', 'a/b c', '/denied')).body.name, 'AccessDenied');
    assert.equal((await fixture.call('parameter', '/other/secret')).body.name, 'AccessDeniedException');
    assert.equal((await fixture.call('publish', {}, '/denied')).body.name, 'AccessDeniedException');
  });

  it('gives a function its environment and no secret', async () => {
    const { body } = await fixture.call('environment');
    assert.ok(Number(body.LOCAL_HOST_STARTED_AT) <= Date.now());
    assert.equal(body.PLAIN_URL, fixture.queueUrl('plain'));
    assert.ok(body.CALLBACK_URL.startsWith(fixture.host.awsEndpoint));
    assert.equal(JSON.stringify(body).includes('very secret'), false);
  });
});
