import * as z from 'zod';
import { priorities, taskEventTypes, taskStatuses } from './task.ts';
import { TaskRequestConfig } from './task-request-config.ts';

// What callers may send. The same schemas check requests and make the OpenAPI document.

/** Twice as many as OpenAI's API takes. They are part of the row that each change of status writes. */
const maxMetadataPairs = 32;

const Metadata = z
  .record(z.string().min(1).max(64), z.string().max(512))
  .refine(
    (pairs) => Object.keys(pairs).length <= maxMetadataPairs,
    `has more than ${maxMetadataPairs} members`,
  )
  .meta({
    description:
      `At most ${maxMetadataPairs} members, names of 1 to 64 and values of up to 512 characters. Comes ` +
      'back as it was sent',
    maxProperties: maxMetadataPairs,
  });

const Priority = z.enum(priorities).meta({
  description:
    'Which waiting tasks go first. `normal` and `low` get a share of the starts even while urgent work waits',
});

export const CallbackUrl = z
  .string()
  .min(1)
  .max(2048)
  .meta({
    format: 'uri',
    description:
      'Where webhooks go. An https URL at port 443 of a public host, without a user name; the ' +
      'configuration may allow more. Its form and a literal address are checked at once, where its name ' +
      'leads at each delivery',
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
    data: z
      .unknown()
      .optional()
      .meta({
        description:
          'Any JSON: what the task is about, at most 200 levels deep. Every type but `custom` requires ' +
          'it, unless `prompt` brings it',
      }),
    priority: Priority.default('normal'),
    config: TaskRequestConfig.default({}),
    callback_url: CallbackUrl.optional(),
    callback_events: z
      .array(z.enum(taskEventTypes))
      .max(taskEventTypes.length)
      .optional()
      .meta({
        description:
          'Events that `callback_url` gets beside the final ones (`completed`, `failed`, `cancelled`), ' +
          'which it always gets',
      }),
    metadata: Metadata.default({}),
  })
  .meta({ id: 'TaskRequest' });
export type TaskRequest = z.infer<typeof TaskRequest>;

export const ReprioritizeRequest = z.strictObject({ priority: Priority }).meta({ id: 'ReprioritizeRequest' });
export type ReprioritizeRequest = z.infer<typeof ReprioritizeRequest>;

/** The query of a listing: every value is a string on the wire. Empty ones are left out before (list-tasks.ts). */
export const ListTasksQuery = z.strictObject({
  status: z.enum(taskStatuses).optional().meta({ description: 'Only tasks of this status' }),
  type: z.string().max(64).optional().meta({ description: 'Only tasks of this type' }),
  batch_id: z.string().max(64).optional().meta({ description: 'Only tasks of this batch' }),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'is not a whole number from 1 to 100')
    .transform(Number)
    .pipe(z.int().min(1).max(100))
    .default(20)
    .meta({ description: 'Most tasks of a page' }),
  cursor: z.string().max(1024).optional().meta({
    description: '`next_cursor` of the page before, with the same `batch_id`; opaque. Absent: the first page',
  }),
});
export type ListTasksQuery = z.infer<typeof ListTasksQuery>;

/** What of a task is told only on request. */
const taskParts = ['timeline'] as const;
export type TaskPart = (typeof taskParts)[number];

export const GetTaskQuery = z.strictObject({
  include: z
    .enum(taskParts)
    .optional()
    .meta({ description: '`timeline`: what became of each attempt, in `timeline`' }),
});
