import * as z from 'zod';
import { errorRules } from '../../core/attempts/error-rules.ts';
import { readBaseUrl } from '../base-url.ts';
import { providers as builtInProviders } from '../providers.ts';
import { duration, oneOf, text, wholeNumber } from '../values.ts';
import { ModelEntry, modelName } from './model-entry.ts';

const namesOf = (names: readonly string[]) => names as readonly [string, ...string[]];

const baseUrl = z
  .string('must be a URL, such as https://api.example.com/v1')
  .regex(
    /^(https?|simulated):\/\//i,
    'must be a URL that begins with http:// or https://, such as https://api.example.com/v1',
  )
  .transform((value, context) => {
    const read = readBaseUrl(value);
    if ('url' in read) return read.url;
    context.addIssue({ code: 'custom', message: read.fault });
    return z.NEVER;
  });

/** A provider of the file: a built-in one adjusted, or a new one that speaks the OpenAI dialect. */
export const ProviderEntry = z
  .strictObject(
    {
      like: oneOf(namesOf(builtInProviders.map(({ name }) => name)))
        .optional()
        .meta({
          description:
            'For a new one: the built-in provider whose settings it has, where it sets none itself, such as `local` for a ' +
            'server of your own. It has its models, too, unless it names some',
        }),
      title: text('a title', 100).optional().meta({ description: 'For readers' }),
      base_url: baseUrl.optional().meta({
        description:
          'Up to what /chat/completions is added to. <PROVIDER>_BASE_URL counts before it. No user name, password or query',
      }),
      key: oneOf(['required', 'optional', 'none']).optional().meta({
        description:
          'Whether it takes an API key. The key itself is never here: <PROVIDER>_API_KEY. Default of a new one: required',
      }),
      models: z
        .record(modelName, ModelEntry, 'must be a map of models by their names')
        .optional()
        .meta({ description: 'By their names, as the provider knows them' }),
      default_model: modelName.optional().meta({
        description: 'Asked where neither the task nor routing names one. Default of a new one: its first',
      }),
      concurrency: wholeNumber(1, 1_000).optional().meta({
        description:
          'Simultaneous calls. LLM_CONCURRENCY_<PROVIDER> counts before it. Default of a new one: 10',
      }),
      requests_per_minute: wholeNumber(1)
        .optional()
        .meta({ description: 'LLM_RPM_<PROVIDER> counts before it. Default of a new one: no limit' }),
      tokens_per_minute: wholeNumber(1)
        .optional()
        .meta({ description: 'LLM_TPM_<PROVIDER> counts before it. Default of a new one: no limit' }),
      structured_output: oneOf(['json_schema', 'json_object', 'prompt']).optional().meta({
        description:
          'What of response_format it honours: a JSON Schema, JSON mode, or neither. Default of a new one: prompt',
      }),
      max_tokens_name: oneOf(['max_tokens', 'max_completion_tokens']).optional().meta({
        description: 'The parameter that bounds an answer. Default of a new one: max_tokens',
      }),
      any_model: z.boolean('must be true or false').optional().meta({
        description: 'It runs models that are not named here, at the price of its default model',
      }),
      call_timeout: duration('290s', '30s or 3m').optional().meta({
        description: 'A call that says nothing for so long is given up. Default of a new one: 180s',
      }),
      errors: oneOf(namesOf(Object.keys(errorRules)))
        .optional()
        .meta({
          description: 'Whose errors its own read like. Default of a new one: openai',
        }),
      priced_at: z.iso
        .date('must be a date such as 2026-11-22')
        .optional()
        .meta({ description: 'Of the prices, for readers' }),
    },
    'must be a map',
  )
  .meta({ description: 'A built-in provider adjusted, or a new one that speaks the OpenAI dialect' });
export type ProviderEntry = z.infer<typeof ProviderEntry>;
