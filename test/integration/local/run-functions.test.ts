import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { InvokeCommand, InvokeWithResponseStreamCommand } from '@aws-sdk/client-lambda';
import { type Fixture, startFixture, synthesizeFixture } from './start-fixture.ts';

describe('the local host as Lambda', () => {
  let fixture: Fixture;
  before(async () => {
    fixture = await startFixture(await synthesizeFixture());
  });
  after(() => fixture.close());

  const nameOf = (id: string) =>
    String(fixture.host.templates.ofType('AWS::Lambda::Function').find((one) => one.id.startsWith(id))?.ref);
  const invoke = async (id: string, payload: object) => {
    const answer = await fixture.lambda.send(
      new InvokeCommand({ FunctionName: nameOf(id), Payload: JSON.stringify(payload) }),
    );
    return {
      error: answer.FunctionError,
      payload: JSON.parse(answer.Payload?.transformToString() ?? 'null'),
    };
  };

  it('answers what a handler returns', async () => {
    assert.deepEqual(await invoke('Worker', { sleepMs: 1 }), { error: undefined, payload: { slept: 1 } });
  });

  it('answers an error with its type, message and trace', async () => {
    const { error, payload } = await invoke('Worker', { end: 'throw' });
    assert.equal(error, 'Unhandled');
    assert.equal(payload.errorType, 'TypeError');
    assert.equal(payload.errorMessage, 'thrown on purpose');
    assert.match(payload.trace[0], /TypeError: thrown on purpose/);
  });

  it('kills a handler at its timeout and goes on with a new environment', async () => {
    const { error, payload } = await invoke('Worker', { sleepMs: 60_000 });
    assert.equal(error, 'Unhandled');
    assert.match(payload.errorMessage, /Task timed out after 2\.00 seconds/);
    assert.deepEqual((await invoke('Worker', { sleepMs: 1 })).payload, { slept: 1 });
  });

  it('survives process.exit and a crash of the environment', async () => {
    const exit = await invoke('Worker', { end: 'exit' });
    assert.equal(exit.payload.errorType, 'Runtime.ExitError');
    assert.match(exit.payload.errorMessage, /exit status 3/);
    const running = invoke('Worker', { sleepMs: 1500 });
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.ok(fixture.host.crashEnvironments(/Worker/) > 0);
    assert.equal((await running).payload.errorType, 'Runtime.ExitError');
    assert.deepEqual((await invoke('Worker', { sleepMs: 1 })).payload, { slept: 1 });
  });

  it('refuses at once what passes the reserved concurrency', async () => {
    const running = [invoke('Worker', { sleepMs: 700 }), invoke('Worker', { sleepMs: 700 })];
    await new Promise((resolve) => setTimeout(resolve, 100));
    await assert.rejects(invoke('Worker', {}), (error: Error & { Reason?: string }) => {
      assert.equal(error.name, 'TooManyRequestsException');
      assert.equal(error.Reason, 'ReservedFunctionConcurrentInvocationLimitExceeded');
      return true;
    });
    assert.deepEqual(
      (await Promise.all(running)).map(({ error }) => error),
      [undefined, undefined],
    );
  });

  it('runs more events at a time than it has environments for', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => invoke('Empty', {})));
    assert.ok(answers.every(({ error }) => error === undefined));
  });

  it('streams an answer to an SDK client', async () => {
    const { EventStream = [] } = await fixture.lambda.send(
      new InvokeWithResponseStreamCommand({ FunctionName: nameOf('Stream'), Payload: '{}' }),
    );
    let text = '';
    let complete = false;
    for await (const event of EventStream) {
      if (event.PayloadChunk?.Payload) text += Buffer.from(event.PayloadChunk.Payload).toString();
      if (event.InvokeComplete) complete = true;
    }
    assert.match(text, /^\{"statusCode":201.*\}\0{8}data: one\n\ndata: two\n\ndata: three\n\n$/s);
    assert.equal(complete, true);
  });

  it('answers an event at once, and runs it in the background', async () => {
    const seen: string[] = [];
    const stop = fixture.host.observeRequests(({ kind }) => seen.push(kind));
    const { StatusCode } = await fixture.lambda.send(
      new InvokeCommand({
        FunctionName: nameOf('Worker'),
        InvocationType: 'Event',
        Payload: JSON.stringify({ sleepMs: 300 }),
      }),
    );
    assert.equal(StatusCode, 202);
    assert.ok(!seen.includes('invocation'));
    for (let wait = 0; wait < 100 && !seen.includes('invocation'); wait += 1) await sleep(50);
    stop();
    assert.ok(seen.includes('invocation'));
  });

  it('refuses an invocation type that it does not serve, by name', async () => {
    const command = new InvokeCommand({ FunctionName: nameOf('Worker'), InvocationType: 'DryRun' });
    await assert.rejects(fixture.lambda.send(command), {
      name: 'InvalidParameterValueException',
      message: 'Lambda invocation type DryRun is not served locally',
    });
  });
});
