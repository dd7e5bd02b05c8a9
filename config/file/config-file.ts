import * as z from 'zod';
import { Tenant } from '../../core/access/tenant.ts';
import { taskEventTypes } from '../../core/tasks/task.ts';
import { TenantLimits } from '../../core/tenants/tenant-limits.ts';
import { delay, dollars, duration, flag, number, oneOf, origin, port, wholeNumber } from '../values.ts';
import { ProviderEntry } from './provider-entry.ts';
import { TaskTypeEntry } from './task-type-entry.ts';

export const providerName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,23}$/, 'must be lower case letters, digits and dashes, 2 to 24 of them');
export const typeName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/, 'must be lower case letters, digits and underscores, at most 40 of them');

const busEvents = [...taskEventTypes, 'batch.completed'] as const;
const share = number(0, 1_000_000);
const weightsMessage = 'must be a map with cost, speed and quality, one of them above 0';
const Weights = z
  .strictObject({ cost: share, speed: share, quality: share }, weightsMessage)
  .refine(({ cost, speed, quality }) => cost + speed + quality > 0, weightsMessage)
  .optional();

const map = <T extends z.ZodRawShape>(shape: T, description: string) =>
  z.strictObject(shape, 'must be a map').meta({ description }).optional();

/**
 * configs/config.yaml: all that an operator may set. It types the file and checks it; its JSON Schema is for editors, its
 * values are also those of the variables (config/settings-variables.ts).
 */
export const ConfigFile = z
  .strictObject(
    {
      enabled_providers: z
        .array(providerName, 'must be a list of providers, such as [kimi, openai]')
        .optional()
        .meta({ description: 'Only these; a deployment on AWS needs it. Default: all that can be called' }),
      providers: z
        .record(providerName, ProviderEntry, 'must be a map of providers by their names')
        .optional()
        .meta({ description: 'Built-in providers adjusted, and new ones, by their names' }),
      task_types: z
        .record(typeName, TaskTypeEntry, 'must be a map of task types by their names')
        .optional()
        .meta({ description: 'Own task types; one of a built-in name takes its place' }),
      tenants: z
        .record(Tenant, TenantLimits, 'must be a map of limits by tenant')
        .optional()
        .meta({ description: 'What each tenant may do and spend; a command may say otherwise' }),
      routing: map(
        {
          weights: map(
            { cost: Weights, speed: Weights, quality: Weights, balanced: Weights },
            'How much cost, speed and quality count, by strategy: only proportions matter',
          ),
        },
        'Which provider a task goes to',
      ),
      retention: duration('3650d')
        .optional()
        .meta({ description: 'Ended tasks are kept so long. Default: 7d' }),

      limits: map(
        {
          max_workers: wholeNumber(1)
            .optional()
            .meta({ description: 'Simultaneous calls over all providers. Default: their own limits alone' }),
          types: z
            .record(typeName, wholeNumber(1, 999_999), 'must be a map of numbers by task type')
            .optional()
            .meta({ description: 'Simultaneous calls by task type. Default: none' }),
          max_queue_size: wholeNumber(1)
            .optional()
            .meta({ description: 'Waiting tasks over which submitting answers 429. Default: 10000' }),
          task_timeout: duration('14d')
            .optional()
            .meta({ description: 'Default of a task’s config.timeout, and its upper bound. Default: 1h' }),
        },
        'Limits and times',
      ),
      scheduling: map(
        {
          tasks_per_invocation: wholeNumber(1, 10)
            .optional()
            .meta({ description: 'Tasks that one worker execution may run at once. Default: 1' }),
          low_first_every: wholeNumber(0)
            .optional()
            .meta({ description: 'One ticket in so many looks at low tasks first; 0: none. Default: 8' }),
          normal_first_every: wholeNumber(0).optional().meta({
            description: 'Of the others, one in so many looks at normal first; 0: none. Default: 8',
          }),
          slots_kept_for_sync: wholeNumber(0).optional().meta({
            description: 'Of each provider’s limit, calls kept free for callers who wait. Default: 0',
          }),
          when_client_leaves: oneOf(['cancel', 'finish']).optional().meta({
            description: 'What becomes of the task of a stream whose client has gone. Default: cancel',
          }),
        },
        'Which task runs next',
      ),
      cors: map(
        {
          enabled: flag.optional().meta({ description: 'Whether pages in browsers may call. Default: true' }),
          origins: z
            .array(origin, 'must be a list of origins, such as [https://app.example.com]')
            .optional()
            .meta({ description: 'Pages of these origins alone. Default: of all, which is *' }),
        },
        'Pages in browsers',
      ),
      websocket: map(
        { enabled: flag.optional().meta({ description: 'Whether there is a WebSocket API. Default: true' }) },
        'The WebSocket API',
      ),
      cache: map(
        {
          ttl: duration('3650d')
            .optional()
            .meta({ description: 'Cached results are kept so long. Default: 24h' }),
        },
        'The cache of results',
      ),
      webhooks: map(
        {
          allow_http: flag
            .optional()
            .meta({ description: 'Whether they may go to http. Default: on one machine, not deployed' }),
          allow_private: flag.optional().meta({
            description: 'Whether they may go to private addresses. Default: on one machine, not deployed',
          }),
          ports: z
            .array(port, 'must be a list of ports, such as [8443]')
            .optional()
            .meta({ description: 'Beside 443, and 80 with allow_http' }),
          retry_delays: z
            .array(delay, 'must be a list of durations, such as [0s, 5s, 5m]')
            .min(1, 'must have a delay at least')
            .max(20, 'must have at most 20 delays')
            .optional()
            .meta({ description: 'The wait before each try, of which there are as many as members' }),
        },
        'Webhooks. The secret that signs them is LLM_WEBHOOK_SECRET, never here',
      ),
      events: map(
        {
          bus: z
            .array(oneOf(busEvents), 'must be a list of event types, such as [completed, failed]')
            .optional()
            .meta({ description: 'Types of events put on the EventBridge bus; []: none' }),
        },
        'Events',
      ),
      alarms: map(
        {
          spend_per_hour: dollars
            .optional()
            .meta({ description: 'US dollars: on AWS an alarm rings when calls cost more. Default: 10' }),
        },
        'Alarms, on AWS',
      ),
    },
    'must be a map of settings',
  )
  .meta({ title: 'Configuration of LLM Service' });
export type ConfigFile = z.infer<typeof ConfigFile>;
