import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createJsonSchemas } from '../../../../adapters/json-schemas.ts';
import { taskTypes } from '../../../../config/task-types.ts';
import { buildBatchEvent, buildTaskEvent, ServiceEvent } from '../../../../core/events/build-event.ts';
import { buildDocument } from '../../../../core/http-contract/build-document.ts';
import { OpenaiEvent } from '../../../../core/openai/openai-event.ts';
import { responseEvent } from '../../../../core/responses/response-event.ts';
import type { TaskResult } from '../../../../core/tasks/task.ts';
import { signWebhook } from '../../../../core/webhooks/sign-webhook.ts';
import { errorStatus } from '../../../../functions/http/middleware/error-status.ts';
import { completed, failed, makeTask, processing, start } from '../../../make-task.ts';

interface Described {
  post: {
    security: unknown[];
    parameters: { name: string; in: string; required: boolean; schema: { pattern?: string } }[];
    requestBody: { content: { 'application/json': { schema: { $ref: string }; example: unknown } } };
    responses: Record<string, { description: string }>;
  };
}

const document = buildDocument({
  version: '1.2.3',
  taskTypes: [...taskTypes.values()],
  open: false,
  webSocket: true,
  streamUrl: '/',
  errorStatus,
});
const webhooks = document.webhooks as Record<string, Described>;
const bodyOf = (webhook: string) =>
  (webhooks[webhook] as Described).post.requestBody.content['application/json'];

/** Faults of a body by the schema in the document. */
async function faultsOf(webhook: string, body: unknown) {
  const schema = { ...bodyOf(webhook).schema, components: document.components };
  const verdict = await createJsonSchemas().validate(schema, body);
  assert.ok(verdict.kind === 'checked');
  return verdict.faults;
}

const batch = {
  tenant: 'default',
  batchId: 'batch_9',
  createdAt: start,
  completedAt: start + 1,
  callbackUrl: null,
  version: 2,
  total: 3,
  processing: 0,
  completed: 1,
  failed: 1,
  cancelled: 1,
};
const taskEvents = [
  makeTask(),
  processing({ batchId: 'batch_1' }),
  processing({ status: 'queued', lastEvent: 'retrying', version: 3 }),
  completed(),
  completed({ resultKey: 'default/task/result.json' }),
  failed(),
  makeTask({ status: 'cancelled', lastEvent: 'cancelled', version: 2, completedAt: start + 5 }),
].map(buildTaskEvent);

test('the example of each webhook is an event, with nothing that the schema does not describe', async () => {
  for (const name of Object.keys(webhooks)) {
    const { example } = bodyOf(name);
    assert.deepEqual(await faultsOf(name, example), [], name);
    const form = name === 'receive-response-event' ? OpenaiEvent : ServiceEvent;
    assert.deepEqual(form.parse(example), example);
  }
});

test('every event that is built satisfies its schema, with nothing that the schema does not describe', async () => {
  for (const event of taskEvents) {
    assert.deepEqual(await faultsOf('receive-task-event', event), [], event.event_type);
    assert.deepEqual(ServiceEvent.parse(event), event);
  }
  const event = buildBatchEvent(batch);
  assert.deepEqual(await faultsOf('receive-batch-completed', event), []);
  assert.deepEqual(ServiceEvent.parse(event), event);
});

test('the end of a response satisfies the schema of its webhook, whatever it is', async () => {
  const cut = completed({ result: { ...(completed().result as TaskResult), finishReason: 'length' } });
  const ends = [
    completed(),
    cut,
    failed(),
    makeTask({ status: 'cancelled', lastEvent: 'cancelled', version: 2 }),
  ];
  const events = ends.map(responseEvent);
  for (const event of events) assert.deepEqual(await faultsOf('receive-response-event', event), []);
  assert.deepEqual(
    events.map(({ type, data }) => [type, data.id]),
    ['completed', 'incomplete', 'failed', 'cancelled'].map((type) => [`response.${type}`, 'resp_0b7e']),
  );
});

test('anything but an event breaks the schemas', async () => {
  const [event] = taskEvents;
  const { version: _, ...withoutVersion } = event as object & { version: number };
  for (const wrong of [withoutVersion, { ...event, status: 'done' }, { ...event, task_id: null }, {}]) {
    assert.notDeepEqual(await faultsOf('receive-task-event', wrong), []);
    assert.equal(ServiceEvent.safeParse(wrong).success, false);
  }
  assert.notDeepEqual(await faultsOf('receive-batch-completed', event), []);
});

test('the headers described are those that are sent', () => {
  const sent = signWebhook('evt_1_3', '{}', [Buffer.alloc(32)], start);
  const unsigned = signWebhook('evt_1_3', '{}', [], start);
  for (const { post } of Object.values(webhooks)) {
    assert.deepEqual(
      post.parameters.map(({ name }) => name),
      Object.keys(sent),
    );
    for (const parameter of post.parameters) {
      assert.equal(parameter.in, 'header');
      assert.equal(parameter.required, parameter.name in unsigned);
      assert.match(sent[parameter.name] ?? '', new RegExp(parameter.schema.pattern ?? '.'));
    }
    assert.deepEqual(Object.keys(post.responses), ['410', '2XX', 'default']);
    assert.deepEqual(post.security, []);
  }
});
