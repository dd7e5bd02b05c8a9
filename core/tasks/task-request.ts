import * as z from 'zod';
import { durationPattern } from '../duration.ts';
import { priorities, strategies, taskEventTypes, taskStatuses } from './task.ts';

// What callers may send. The same schemas check requests and make the OpenAPI document.

/** As `metadata` of the OpenAI API, doubled: it lies in the row that every status change writes. */
const maxMetadataPairs = 32;

const Metadata = z
  .record(z.string().min(1).max(64), z.string().max(512))
  .refine(
    (pairs) => Object.keys(pairs).length <= maxMetadataPairs,
    `has more than ${maxMetadataPairs} members`,
  )
  .meta({
    description: `At most ${maxMetadataPairs} pairs, keys up to 64 and values up to 512 characters; handed back as they came`,
    maxProperties: maxMetadataPairs,
  });

const TaskRequestConfig = z
  .strictObject({
    timeout: z
      .string()
      .max(32)
      .regex(durationPattern, 'is not a duration such as 250ms, 60s or 5m')
      .meta({
        description:
          "Bounds the whole task, waiting included; at most the service's own limit, which is the default",
        examples: ['60s'],
      }),
    cache_enabled: z.boolean().meta({
      description: 'Absent: results are cached only where the temperature is low',
    }),
    max_retries: z.int().min(0).max(10).meta({ description: 'Further attempts at one provider' }),
    provider: z
      .string()
      .min(1)
      .max(64)
      .meta({ description: 'Pins the provider', examples: ['kimi'] }),
    model: z.string().min(1).max(200).meta({ description: 'Pins the model' }),
    failover: z.boolean().meta({
      description: 'Whether another provider may take over; default: unless provider or model is pinned',
    }),
    strategy: z.enum(strategies).meta({ description: 'How a provider is chosen; default: balanced' }),
    temperature: z.number().min(0).max(2),
    max_tokens: z.int().min(1).max(1_000_000),
    response_schema: z
      .record(z.string(), z.unknown())
      .meta({ description: 'JSON Schema (draft 2020-12) that the result must satisfy' }),
  })
  .partial()
  .meta({ id: 'TaskConfig' });

export const CallbackUrl = z
  .string()
  .min(1)
  .max(2048)
  .meta({
    description: 'Gets the final events, signed after Standard Webhooks 1.0',
    examples: ['https://rule-worker.example.com/llm-callback'],
  });

export const TaskRequest = z
  .strictObject({
    type: z
      .string()
      .min(1)
      .max(64)
      .meta({
        description: 'A built-in type or one of the service configuration',
        examples: ['semantic_analysis'],
      }),
    prompt: z
      .string()
      .min(1)
      .optional()
      .meta({ description: "The caller's own instruction; required for `custom`" }),
    data: z.unknown().optional().meta({ description: 'Any JSON: what the task is about' }),
    priority: z.enum(priorities).default('normal'),
    config: TaskRequestConfig.default({}),
    callback_url: CallbackUrl.optional(),
    callback_events: z
      .array(z.enum(taskEventTypes))
      .max(taskEventTypes.length)
      .optional()
      .meta({ description: 'Events the callback gets; default: the final ones' }),
    metadata: Metadata.default({}),
  })
  .meta({ id: 'TaskRequest' });
export type TaskRequest = z.infer<typeof TaskRequest>;

export const ReprioritizeRequest = z
  .strictObject({ priority: z.enum(priorities) })
  .meta({ id: 'ReprioritizeRequest' });
export type ReprioritizeRequest = z.infer<typeof ReprioritizeRequest>;

/** The query of a listing: every value is a string on the wire. */
export const ListTasksQuery = z.strictObject({
  status: z.enum(taskStatuses).optional(),
  type: z.string().min(1).max(64).optional(),
  batch_id: z.string().min(1).max(64).optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'is not a whole number from 1 to 100')
    .transform(Number)
    .pipe(z.int().min(1).max(100))
    .default(20),
  cursor: z.string().min(1).max(1024).optional(),
});
export type ListTasksQuery = z.infer<typeof ListTasksQuery>;
