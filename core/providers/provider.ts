import * as z from 'zod';

/** USD per million tokens, text, standard tier, as published on `pricedAt`. */
export const ProviderModel = z.strictObject({
  name: z.string().min(1),
  inputUsdPerMillion: z.number().min(0),
  /** For input tokens the provider read from its own prompt cache; the input price where it has none. */
  cachedInputUsdPerMillion: z.number().min(0).optional(),
  outputUsdPerMillion: z.number().min(0),
  /** Tokens of prompt and completion together. */
  contextWindow: z.int().positive(),
  maxOutputTokens: z.int().positive().optional(),
  /** 0 (worst) to 1 (best): our ranking for back-end text work, used by the `quality` and `balanced` strategies. */
  quality: z.number().min(0).max(1),
  /** Request parameters this model answers with an error, so that they are never sent. */
  refuses: z.array(z.enum(['temperature', 'max_tokens', 'response_format'])).default([]),
  /** Members added to the request body as they are, such as a switch that turns thinking off. */
  extraBody: z.record(z.string(), z.unknown()).optional(),
  /** Our guess of the median call of a back-end task (about 300 tokens out), used until calls were measured. */
  typicalLatencyMs: z.int().positive().default(3_000),
});
export type ProviderModel = z.infer<typeof ProviderModel>;

/** A provider is a definition: adding one that speaks the OpenAI dialect is adding a definition. */
export const Provider = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{1,23}$/, 'lower case letters, digits and dashes, at most 24'),
  title: z.string(),
  /** Name of the registered adapter factory: `openai` or `simulated`, or another dialect's. */
  dialect: z.string(),
  /** Undefined where only the environment can tell (`local`). `regions` names others. */
  baseUrl: z.url().optional(),
  regions: z.record(z.string(), z.url()).default({}),
  /** How the API key is found; `none` for a server without one. */
  key: z.enum(['required', 'optional', 'none']),
  models: z.array(ProviderModel).min(1),
  defaultModel: z.string(),
  /** Date of the prices, ISO. */
  pricedAt: z.iso.date(),
  /** Simultaneous calls unless LLM_CONCURRENCY_<PROVIDER> says otherwise. */
  concurrencyLimit: z.int().min(1).max(1000),
  requestsPerMinute: z.int().positive().optional(),
  tokensPerMinute: z.int().positive().optional(),
  /** How an answer that satisfies a schema is asked for. */
  structuredOutput: z.enum(['json_schema', 'json_object', 'prompt']),
  /** How the completion limit is called in a request; OpenAI's newer models refuse the older name. */
  maxTokensName: z.enum(['max_tokens', 'max_completion_tokens']).default('max_tokens'),
  /** A server that runs whatever model it was given (`local`): a model's name outside this list is passed on, priced as the default model. */
  anyModel: z.boolean().default(false),
  /** A call that has said nothing for so long is given up, so that another attempt has its chance. Below the 300 s of Node's fetch. */
  callTimeoutMs: z.int().positive().max(290_000).default(180_000),
  /** Name of the registered classifier of its error bodies; they disagree about the same codes. */
  errors: z.string(),
});
export type Provider = z.infer<typeof Provider>;
