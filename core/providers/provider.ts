import * as z from 'zod';

/** Request parameters that some models answer with an error. */
export const refusableParameters = [
  'temperature',
  'max_tokens',
  'response_format',
  'top_p',
  'n',
  'presence_penalty',
  'frequency_penalty',
] as const;

/** A model. Prices are USD per million tokens of text at the standard tier, of the date `pricedAt`. */
export const ProviderModel = z.strictObject({
  name: z.string().min(1),
  /** `embedding`: it makes vectors, and no chat is ever sent to it. */
  kind: z.enum(['chat', 'embedding']).default('chat'),
  inputUsdPerMillion: z.number().min(0),
  /** For prompt tokens that the provider had in its own cache; absent: as other input. */
  cachedInputUsdPerMillion: z.number().min(0).optional(),
  outputUsdPerMillion: z.number().min(0),
  /** Tokens of prompt and completion together. */
  contextWindow: z.int().positive(),
  maxOutputTokens: z.int().positive().optional(),
  /** 0 (worst) to 1 (best): this project's ranking for back-end text work, for routing. */
  quality: z.number().min(0).max(1),
  /** Request parameters that the model answers with an error: they are never sent. */
  refuses: z.array(z.enum(refusableParameters)).default([]),
  /** Members added to the request body as they are, such as a switch that turns thinking off. */
  extraBody: z.record(z.string(), z.unknown()).optional(),
  /** Guess of the median latency of a back-end task (some 300 tokens of answer), until it is measured. */
  typicalLatencyMs: z.int().positive().default(3_000),
});
export type ProviderModel = z.infer<typeof ProviderModel>;

/** The definition of a provider. One that speaks the OpenAI dialect needs nothing else. */
export const Provider = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{1,23}$/, 'lower case letters, digits and dashes, at most 24'),
  title: z.string(),
  /** Name of a factory in adapters/language-models.ts, such as `openai`. */
  dialect: z.string(),
  /** Absent where only the environment can tell it (`local`). */
  baseUrl: z.url().optional(),
  /** Other addresses, for readers: <PROVIDER>_BASE_URL takes any. */
  regions: z.record(z.string(), z.url()).default({}),
  /** Whether it takes an API key. */
  key: z.enum(['required', 'optional', 'none']),
  models: z.array(ProviderModel).min(1),
  defaultModel: z.string(),
  /** Date of the prices; absent: it was not said. */
  pricedAt: z.iso.date().optional(),
  /** Simultaneous calls unless LLM_CONCURRENCY_<PROVIDER> says otherwise. */
  concurrencyLimit: z.int().min(1).max(1000),
  requestsPerMinute: z.int().positive().optional(),
  tokensPerMinute: z.int().positive().optional(),
  /** How an answer that satisfies a schema is asked for. */
  structuredOutput: z.enum(['json_schema', 'json_object', 'prompt']),
  /** Whether the prompt tells the form of the answer too where the request carries the schema: small models write less then. */
  promptsSchema: z.boolean().default(false),
  /** Whether a schema may bound the lengths of texts; the others answer that with an error, or do not know it. */
  boundsTexts: z.boolean().default(false),
  /** The request parameter that limits the answer; OpenAI's newer models refuse the older name. */
  maxTokensName: z.enum(['max_tokens', 'max_completion_tokens']).default('max_tokens'),
  /** Runs models that are not listed here (`local`), at the price of the default model. */
  anyModel: z.boolean().default(false),
  /** Its server says itself which models it has (`GET /models`); `defaultModel` stands for the first of them until they are known. */
  findsModels: z.boolean().default(false),
  /** A call without an answer by then is given up, for another attempt. Below the 300 s of Node's fetch. */
  callTimeoutMs: z.int().positive().max(290_000).default(180_000),
  /**
   * Where its figures are, as paths into the `usage` of its answers, such as `prompt_tokens_details.cached_tokens`. They
   * are looked at before the places that other vendors have (adapters/read-usage.ts).
   */
  usage: z
    .strictObject({
      cachedTokens: z.array(z.string()).optional(),
      reasoningTokens: z.array(z.string()).optional(),
      /** Its thoughts are billed as output, and are not among the completion tokens but in the total alone. */
      countsThoughtsApart: z.boolean().optional(),
    })
    .default({}),
  /** Name of its rules in core/attempts/error-rules.ts: vendors mean different things by the same codes. */
  errors: z.string(),
});
export type Provider = z.infer<typeof Provider>;
