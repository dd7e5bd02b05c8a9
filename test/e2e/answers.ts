import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { WireTask } from '../../core/tasks/task-wire.ts';
import { type Answer, assertProblem, type Client, quickTask, slowTask } from './client.ts';
import { openStream, readAll, type StreamedEvent, textOf } from './event-stream.ts';
import type { Service } from './service.ts';

/** It takes more than a second, so that it comes in pieces whichever way it takes. */
const longTask = {
  ...slowTask,
  config: { response_schema: { ...slowTask.config.response_schema, minItems: 60 } },
};

const taskOf = (answer: Answer) => WireTask.parse(answer.json);

export function testSyncAnswers({ call, get, waitFor }: Client): void {
  const sync = (body: unknown, headers = {}) => call('POST', '/api/v1/process/sync', { body, headers });

  describe('synchronous answers', () => {
    test('a task is answered with its result, and is a task as any other', async () => {
      const answer = await sync(quickTask);
      assert.equal(answer.status, 200, answer.text);
      const task = taskOf(answer);
      assert.deepEqual([task.status, task.priority, task.attempts], ['completed', 'high', 1]);
      assert.ok(task.result?.content);
      assert.equal(answer.headers.get('location'), `/api/v1/tasks/${task.task_id}`);
      assert.deepEqual(await get(task.task_id), task);
      const { json } = await call('GET', `/api/v1/tasks/${task.task_id}?include=timeline`);
      assert.deepEqual(
        json.timeline.map(({ outcome, waited_for }: Record<string, unknown>) => [outcome, waited_for]),
        [['completed', null]],
      );
    });

    test('where it is still running at its limit it is told so, and ends all the same', async () => {
      const answer = await sync({ ...slowTask, config: { ...slowTask.config, timeout: '700ms' } });
      assert.ok([200, 202].includes(answer.status), answer.text);
      const task = taskOf(answer);
      if (answer.status === 202) {
        assert.ok(['queued', 'processing'].includes(task.status));
        assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/);
        assert.equal(answer.headers.get('location'), `/api/v1/tasks/${task.task_id}`);
      }
      const ended = await waitFor(task.task_id);
      assert.deepEqual([ended.status, ended.error?.code], ['failed', 'timeout']);
    });

    test('more calls than the provider takes at once are all answered', async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => sync(quickTask)));
      for (const answer of answers) {
        assert.equal(answer.status, 200, answer.text);
        assert.equal(taskOf(answer).status, 'completed');
      }
    });

    test('a key makes one task, which its repeats wait for', async () => {
      const headers = { 'idempotency-key': randomUUID() };
      const answers = await Promise.all([sync(quickTask, headers), sync(quickTask, headers)]);
      const [first, second] = answers.map(taskOf);
      assert.deepEqual(second, first);
      assert.equal(first?.attempts, 1);
      assertProblem(await sync({ ...quickTask, prompt: 'Say no' }, headers), 422, 'idempotency_key_reused');
    });

    test('the caller may say that others go first', async () => {
      assert.equal(taskOf(await sync({ ...quickTask, priority: 'low' })).priority, 'low');
    });

    test('a wrong request is refused as any other', async () => {
      assert.deepEqual(assertProblem(await sync({ type: 'custom' }), 400, 'invalid_request'), ['/prompt']);
      assert.deepEqual(assertProblem(await sync('text'), 400, 'invalid_request'), ['']);
      assertProblem(
        await call('POST', '/api/v1/process/sync', { body: quickTask, token: 'wrong' }),
        401,
        'unauthenticated',
      );
    });
  });
}

export function testStreams(service: Service, { call, get, waitFor }: Client): void {
  const skip = service.streamUrl === undefined && 'nothing is streamed here';
  const numberOf = ({ id }: StreamedEvent) => Number(id.split(':')[1]);

  describe('streamed answers', { skip }, () => {
    test('an answer comes in pieces, and then the task', async () => {
      const stream = await openStream(service, { body: longTask });
      assert.equal(stream.status, 200);
      assert.match(stream.headers.get('content-type') ?? '', /^text\/event-stream/);
      const events = await readAll(stream);
      const task = WireTask.parse(events.at(-1)?.data);
      assert.deepEqual([events[0]?.event, events.at(-1)?.event], ['status', 'completed']);
      assert.equal(events.filter(({ event }) => event === 'completed' || event === 'failed').length, 1);
      assert.ok(events.filter(({ event }) => event === 'delta').length > 2);
      assert.equal(textOf(events), task.result?.content);
      const numbers = events.map(numberOf);
      assert.deepEqual(
        numbers,
        [...numbers].sort((one, other) => one - other),
      );
      for (const { id } of events) assert.ok(id.startsWith(`${task.task_id}:`));
      assert.deepEqual(await get(task.task_id), task);
    });

    test('more streams than the provider takes at once wait, say so, and each has its own answer', async () => {
      const bodies = Array.from({ length: 6 }, (_, index) => ({ ...quickTask, prompt: `Say ${index}` }));
      const all = await Promise.all(bodies.map(async (body) => readAll(await openStream(service, { body }))));
      const texts = all.map((events) => {
        assert.equal(textOf(events), events.at(-1)?.data.result?.content);
        return textOf(events);
      });
      assert.equal(new Set(texts).size, bodies.length);
      assert.ok(all.some((events) => events.some(({ data }) => data.status === 'queued')));
    });

    test('a broken stream goes on from the last event, and makes no task', async () => {
      const events = await readAll(await openStream(service, { body: quickTask }));
      const middle = events.findIndex(({ event }) => event === 'delta') + 1;
      const seen = events.slice(0, middle + 1);
      const rest = await readAll(await openStream(service, { lastEventId: seen.at(-1)?.id ?? '' }));
      assert.equal(textOf([...seen, ...rest]), events.at(-1)?.data.result.content);
      assert.deepEqual(rest.at(-1), events.at(-1));
      const nothingLeft = await readAll(await openStream(service, { lastEventId: events.at(-1)?.id ?? '' }));
      assert.deepEqual(nothingLeft, [events.at(-1)]);
    });

    test('a client that goes away ends the call', async () => {
      const stream = await openStream(service, { body: slowTask });
      const first = await stream.events.next();
      const { task_id: taskId } = first.value?.data ?? {};
      stream.leave();
      const leftAt = Date.now();
      assert.equal((await waitFor(taskId)).status, 'cancelled');
      assert.ok(Date.now() - leftAt < 20_000);
      const again = await readAll(await openStream(service, { lastEventId: first.value?.id ?? '' }));
      assert.deepEqual([again.at(-1)?.event, again.at(-1)?.data.status], ['failed', 'cancelled']);
    });

    test('a task that is cancelled ends its stream', async () => {
      const stream = await openStream(service, { body: slowTask });
      const first = await stream.events.next();
      assert.equal((await call('DELETE', `/api/v1/tasks/${first.value?.data.task_id}`)).status, 200);
      const last = (await readAll(stream)).at(-1);
      assert.deepEqual([last?.event, last?.data.status], ['failed', 'cancelled']);
    });

    test('what is refused is refused by a status of its own', async () => {
      const refuse = async (request: Parameters<typeof openStream>[1]) => {
        const { status, headers, text } = await openStream(service, request);
        const answer = { status, headers, text, json: JSON.parse(text) };
        return [status, answer.json.code, headers.get('content-type')];
      };
      const problem = 'application/problem+json';
      assert.deepEqual(await refuse({ body: { type: 'custom' } }), [400, 'invalid_request', problem]);
      assert.deepEqual(await refuse({}), [400, 'invalid_request', problem]);
      assert.deepEqual(await refuse({ lastEventId: 'nonsense' }), [400, 'invalid_request', problem]);
      assert.deepEqual(await refuse({ lastEventId: `task_${randomUUID()}:1` }), [404, 'not_found', problem]);
      if (service.token)
        assert.deepEqual(await refuse({ body: quickTask, token: null }), [401, 'unauthenticated', problem]);
    });
  });
}
