import type * as z from 'zod';
import { BatchEvent, TaskEvent } from '../events/build-event.ts';
import { OpenaiEvent } from '../openai/openai-event.ts';
import { webhookRetryDelays } from '../webhooks/retry-delays.ts';
import { convertSchema, type JsonSchema } from './convert-schema.ts';
import type { Tag } from './document-texts.ts';

interface EventWebhook {
  /** Its key under `webhooks`, and its operationId. */
  id: string;
  summary: string;
  description: string;
  event: z.ZodType;
  example: TaskEvent | BatchEvent | OpenaiEvent;
}

const eventWebhooks: readonly EventWebhook[] = [
  {
    id: 'receive-task-event',
    summary: 'A task changed its status',
    description:
      'Sent to the `callback_url` of the task: its final event (`completed`, `failed`, `cancelled`) ' +
      'always, others where its `callback_events` names them.',
    event: TaskEvent,
    example: {
      event_id: 'evt_3f0e8a52-6c1b-4b0e-9d7a-2a5c1f4e8b90_3',
      event_type: 'completed',
      task_id: 'task_3f0e8a52-6c1b-4b0e-9d7a-2a5c1f4e8b90',
      batch_id: null,
      status: 'completed',
      version: 3,
      timestamp: '2026-11-02T09:30:00.812Z',
      data: {
        content: '{"translation":"Guten Morgen","source_language":"en","target_language":"de"}',
        data: { translation: 'Guten Morgen', source_language: 'en', target_language: 'de' },
        finish_reason: 'stop',
        cached: false,
        usage: { prompt_tokens: 212, completion_tokens: 24, total_tokens: 236 },
        cost_usd: 0.000123,
        latency_ms: 812,
      },
      error: null,
    },
  },
  {
    id: 'receive-batch-completed',
    summary: 'Every accepted task of a batch has ended',
    description: 'Sent once to the `callback_url` of the batch.',
    event: BatchEvent,
    example: {
      event_id: 'evt_c1d2b7de-90c4-4f5e-8a55-07a8e2f6d3b1_1',
      event_type: 'batch.completed',
      task_id: null,
      batch_id: 'batch_c1d2b7de-90c4-4f5e-8a55-07a8e2f6d3b1',
      status: 'completed',
      version: 1,
      timestamp: '2026-11-02T09:31:07.040Z',
      data: { total: 3, completed: 2, failed: 1, cancelled: 0 },
      error: null,
    },
  },
  {
    id: 'receive-response-event',
    summary: 'A response of `/v1/responses` has ended',
    description:
      'Sent to the `callback_url` of the response, as OpenAI sends it: `response.completed`, `.incomplete`, ' +
      '`.failed` or `.cancelled`. `client.webhooks.unwrap()` of the official clients verifies it.',
    event: OpenaiEvent.meta({ id: 'OpenAIEvent', description: 'Something ended: read it by its id' }),
    example: {
      id: 'evt_3f0e8a52-6c1b-4b0e-9d7a-2a5c1f4e8b90_3',
      object: 'event',
      created_at: 1_793_611_800,
      type: 'response.completed',
      data: { id: 'resp_3f0e8a52-6c1b-4b0e-9d7a-2a5c1f4e8b90' },
    },
  },
];

const delivery =
  'Deliveries come at least once and in no order. The same event goes over the WebSocket and the event ' +
  'bus. Verify the signature after Standard Webhooks 1.0, whose libraries do it in a line. Answer first ' +
  'and work afterwards.';

const headers = [
  {
    name: 'webhook-id',
    required: true,
    description: '`event_id` of the event: the same at every try',
    schema: { type: 'string' },
  },
  {
    name: 'webhook-timestamp',
    required: true,
    description: 'Time of this try, in seconds since 1970',
    schema: { type: 'string', pattern: '^\\d+$' },
  },
  {
    name: 'webhook-signature',
    required: false,
    description:
      '`v1,` and the base64 of the HMAC-SHA256 over `<webhook-id>.<webhook-timestamp>.<body>`; two, ' +
      'separated by a space, while a secret is replaced. Absent only on a local host without a secret',
    schema: { type: 'string' },
  },
];

const responses = {
  '2XX': { description: 'Received, within 10 seconds: the event is not sent again' },
  '410': { description: 'The receiver does not want this event: it is not sent again' },
  default: {
    description:
      'Anything else, redirects (which are not followed) and no answer included: the event is sent again ' +
      `after growing delays, ${webhookRetryDelays.length} times in all unless configured otherwise, and ` +
      'then kept in a dead-letter queue',
  },
};

/** The `webhooks` member of the OpenAPI document; puts the events' schemas into `schemas`. */
export function describeWebhooks(schemas: Record<string, JsonSchema>): Record<string, unknown> {
  const describe = ({ id, summary, description, event, example }: EventWebhook) => ({
    post: {
      operationId: id,
      tags: ['Events' satisfies Tag],
      summary,
      description: `${description}\n\n${delivery}`,
      security: [],
      parameters: headers.map((header) => ({ ...header, in: 'header' })),
      requestBody: {
        required: true,
        content: { 'application/json': { schema: convertSchema(event, 'output', schemas), example } },
      },
      responses,
    },
  });
  return Object.fromEntries(eventWebhooks.map((webhook) => [webhook.id, describe(webhook)]));
}
