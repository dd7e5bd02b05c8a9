import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { InvokeCommand, InvokeWithResponseStreamCommand } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { type Fixture, startFixture, synthesizeFixture, until } from './start-fixture.ts';

interface Invocation {
  id?: string;
  abortSignal?: AbortSignal;
}

describe('the local host as it streams responses', () => {
  let fixture: Fixture;
  before(async () => {
    fixture = await startFixture(await synthesizeFixture(), { environment: { LLM_AUTH_TOKEN: 'any' } });
  });
  after(() => fixture.close());

  const paced = (query: string, init?: RequestInit) => fetch(`${fixture.host.url}/paced/x?${query}`, init);
  const functionName = (id: string) =>
    fixture.host.templates.ofType('AWS::Lambda::Function').find((one) => one.id.startsWith(id))?.ref;
  const invokeStreaming = (payload: object, { id = 'Paced', abortSignal }: Invocation = {}) =>
    fixture.lambda.send(
      new InvokeWithResponseStreamCommand({
        FunctionName: functionName(id),
        Payload: JSON.stringify(payload),
      }),
      { ...(abortSignal && { abortSignal }) },
    );
  /** What the handler has noted about a request. */
  const noted = (id: string, name: string) =>
    until(async () => fixture.item(`s#${id}`, name), `${name} of ${id}`);
  const numberOf = (item: Awaited<ReturnType<typeof noted>>, name: string) => Number(item[name]?.N);

  it('serves a function URL at each of its paths, and the HTTP API at the others', async () => {
    for (const path of ['/paced/', '/paced/any/deeper', '/files/streamed'])
      assert.equal((await fetch(fixture.host.url + path)).status, 201, path);
    const beside = await fetch(`${fixture.host.url}/files/other`);
    const event = (await beside.json()) as { pathParameters: unknown };
    assert.deepEqual(event.pathParameters, { proxy: 'other' });
    assert.equal((await fetch(`${fixture.host.url}/paced`)).status, 404);
    assert.equal(fixture.host.outputs.PacedUrl, `${fixture.host.url}/`);
    assert.equal(new URL(String(fixture.host.outputs.StreamUrl)).pathname.startsWith('/_functions/'), true);
  });

  it('answers a preflight by the CORS of the URL, without the function', async () => {
    const kinds: string[] = [];
    const stop = fixture.host.observeRequests(({ kind }) => kinds.push(kind));
    const preflight = (origin: string) =>
      paced('', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
    const allowed = await preflight('https://example.com');
    assert.equal(allowed.status, 200);
    assert.equal(await allowed.text(), '');
    assert.equal(allowed.headers.get('access-control-allow-origin'), 'https://example.com');
    assert.equal(allowed.headers.get('access-control-allow-headers'), 'authorization');
    assert.equal(allowed.headers.get('access-control-allow-methods'), 'POST');
    assert.equal(allowed.headers.get('access-control-max-age'), '60');
    const refused = await preflight('https://evil.example');
    assert.equal(refused.headers.get('access-control-allow-origin'), null);
    stop();
    assert.equal(kinds.includes('invocation'), false);
  });

  it('says by the CORS of the URL what a page may read, whatever the function says', async () => {
    const answer = await paced('', { method: 'POST', headers: { origin: 'https://example.com' } });
    assert.equal(answer.headers.get('access-control-allow-origin'), 'https://example.com');
    assert.equal(answer.headers.get('access-control-expose-headers'), 'x-own');
  });

  it('hands on each chunk as it is written', async () => {
    const { body } = await paced('count=3&pauseMs=300');
    const times: number[] = [];
    for await (const _chunk of body ?? []) times.push(performance.now());
    assert.equal(times.length, 3);
    assert.ok((times[2] ?? 0) - (times[0] ?? 0) > 500, 'the third came two pauses after the first');
  });

  it('lets the function notice that its client has left, and run on', async () => {
    const left = new AbortController();
    const { body } = await paced('id=gone&count=30&pauseMs=50', { signal: left.signal });
    const reader = body?.getReader();
    for (let chunk = 0; chunk < 3; chunk += 1) await reader?.read();
    const at = Date.now();
    left.abort();
    assert.ok(numberOf(await noted('gone', 'left'), 'at') - at < 500);
    assert.equal(numberOf(await noted('gone', 'done'), 'written'), 30);
    assert.equal((await paced('id=next')).status, 201, 'the environment lives');
  });

  it('lets a function notice that who invoked it has left', async () => {
    const left = new AbortController();
    const { EventStream = [] } = await invokeStreaming(
      { id: 'caller', count: 30, pauseMs: 50 },
      { abortSignal: left.signal },
    );
    for await (const event of EventStream) {
      assert.ok(event.PayloadChunk);
      break;
    }
    const at = Date.now();
    left.abort();
    assert.ok(numberOf(await noted('caller', 'left'), 'at') - at < 500);
  });

  it('ends a response when its stream ends, and the invocation when the handler does', async () => {
    const started = performance.now();
    assert.equal(await (await paced('id=rests&restMs=1500')).text(), '0');
    assert.ok(performance.now() - started < 1400);
    assert.equal(await fixture.item('s#rests', 'done'), undefined);
    await noted('rests', 'done');
    assert.equal(await fixture.item('s#rests', 'left'), undefined, 'nobody has left');
  });

  it('tells of the end of an invocation when the handler has ended', async () => {
    const { EventStream = [] } = await invokeStreaming({ id: 'told', restMs: 700 });
    let chunkAt = 0;
    for await (const event of EventStream) {
      if (event.PayloadChunk) chunkAt = performance.now();
      if (event.InvokeComplete) assert.ok(performance.now() - chunkAt > 500);
    }
    assert.ok(chunkAt > 0);
  });

  it('lets a function wait for a client that reads slowly', async () => {
    const call = request(`${fixture.host.url}/paced/?id=slow&count=2000&bytes=32768`).end();
    const [response] = await once(call, 'response');
    // What lies between is the sockets' buffers and what may be under way: far less than the 64 MB in all.
    const written = numberOf(await noted('slow', 'waits'), 'written');
    assert.ok(written < 32 * 1024 * 1024, `${written} bytes were written before anything was read`);
    let read = 0;
    for await (const chunk of response) read += chunk.length;
    assert.equal(read, 2000 * 32_768);
  });

  it('answers a buffered invocation by all that was written', async () => {
    const command = new InvokeCommand({
      FunctionName: functionName('Paced'),
      Payload: '{"count":3,"restMs":10}',
    });
    const { Payload } = await fixture.lambda.send(command);
    assert.match(Payload?.transformToString() ?? '', /^\{"statusCode":201.*\}\0{8}012$/s);
  });

  it('keeps only the message that a streaming handler reports as failed', async () => {
    const Entries = ['good', 'bad'].map((id) => ({
      Id: id,
      MessageBody: JSON.stringify({ id, fails: id === 'bad' }),
    }));
    const QueueUrl = fixture.queueUrl('streamed');
    await fixture.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    await until(async () => {
      const { Attributes = {} } = await fixture.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
      );
      const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = Attributes;
      return ApproximateNumberOfMessages === '0' && ApproximateNumberOfMessagesNotVisible === '1';
    }, 'one message in flight');
  });

  it('streams what a handler returns that knows nothing of streams', async () => {
    const { EventStream = [] } = await invokeStreaming({ sleepMs: 1 }, { id: 'Worker' });
    let text = '';
    for await (const { PayloadChunk } of EventStream)
      text += Buffer.from(PayloadChunk?.Payload ?? []).toString();
    assert.equal(text, '{"slept":1}');
  });

  it('answers 502 when a function fails before its answer, and breaks off an answer that has begun', async () => {
    assert.equal((await paced('fails=at once')).status, 502);
    const broken = await paced('fails=later&count=2');
    assert.equal(broken.status, 201);
    await assert.rejects(broken.text());
  });

  it('sends nobody what a function writes after its invocation has failed', async () => {
    await (await paced('fails=later')).text().catch(() => undefined);
    assert.equal(await (await paced('count=3&pauseMs=50')).text(), '012');
  });
});
