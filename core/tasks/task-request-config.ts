import * as z from 'zod';
import { durationPattern } from '../duration.ts';
import { asDouble } from '../json/exact-number.ts';
import { highestCachedTemperature } from '../result-cache/cache-key.ts';
import { strategies } from './task.ts';

/** `config.max_retries` where the caller sets none. */
export const defaultMaxRetries = 3;

/** `config` of a submitted task. */
export const TaskRequestConfig = z
  .strictObject({
    timeout: z
      .string()
      .max(32)
      .regex(durationPattern, 'is not a duration such as 250ms, 60s or 5m')
      .meta({
        description:
          'Bounds the whole task, from acceptance on and waiting included. A duration (`250ms`, `60s`, ' +
          "`1m30s`, `2h`, `1d`) above 0 and at most the service's own limit (`LLM_TASK_TIMEOUT`, 1h " +
          'unless configured), which is the default. Past it the task fails with `timeout`',
        examples: ['60s'],
      }),
    cache_enabled: z.boolean().meta({
      description:
        'Whether the result may come from, and go to, the cache of equal tasks. Default: only where the ' +
        `temperature is ${highestCachedTemperature} or less`,
    }),
    max_retries: asDouble(z.int().min(0).max(10)).meta({
      description:
        `Further attempts at one provider after the first; default: ${defaultMaxRetries}. Failover to ` +
        'another provider starts counting anew',
    }),
    provider: z
      .string()
      .min(1)
      .max(64)
      .meta({
        description: 'Pins the provider, by its name in `GET /api/v1/providers`; it must be enabled',
        examples: ['kimi'],
      }),
    model: z
      .string()
      .min(1)
      .max(200)
      .meta({ description: 'Pins the model; without `provider`, at any enabled provider that has it' }),
    failover: z.boolean().meta({
      description:
        'Whether another provider may take over when one fails. Default: true, but false where ' +
        '`provider` or `model` is pinned; with true what is pinned comes first',
    }),
    strategy: z.enum(strategies).meta({
      description: 'By what a provider is chosen where none is pinned; default: balanced',
    }),
    temperature: asDouble(z.number().min(0).max(2)).meta({
      description: "Default: that of the task type, else the provider's own",
    }),
    max_tokens: asDouble(z.int().min(1).max(1_000_000)).meta({
      description: "Most tokens of the answer; default: the provider's own",
    }),
    response_schema: z.record(z.string(), z.unknown()).meta({
      description:
        'JSON Schema (draft 2020-12) that `result.data` must satisfy, in place of that of the type. At ' +
        'most 32,768 characters and 50 levels; each `$ref` within itself (`#…`); regular expressions of ' +
        'up to 200 characters that cannot run for ever',
    }),
  })
  .partial()
  .meta({ id: 'TaskConfig' });
