import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { ChatReply, ChatRequest, LanguageModel } from '../core/attempts/language-model.ts';
import { ProviderFailure } from '../core/attempts/provider-failure.ts';
import { generateFromSchema } from './generate-from-schema.ts';

const share = z.coerce.number().min(0).max(1).default(0);

/** Query parameters of `simulated://default?…`, the base URL of a simulated provider. */
export const SimulationOptions = z.strictObject({
  /** Milliseconds before the answer, and how much they vary: 0.2 is ±20 %. */
  latency_ms: z.coerce.number().min(0).default(300),
  jitter: share,
  /** Adds the time to write the answer; 0: none. */
  tokens_per_second: z.coerce.number().min(0).default(0),
  /** Length of a free text answer. */
  tokens: z.coerce.number().int().min(1).default(40),
  /** Shares of the calls that end in a 500, in a 429, in no valid JSON, or never. */
  error_rate: share,
  rate_limit_rate: share,
  invalid_rate: share,
  hang_rate: share,
  /** The wait that a 429 asks for. */
  retry_after_ms: z.coerce.number().min(0).default(1_000),
  /** With a seed, the n-th call always ends the same way. */
  seed: z.string().optional(),
});
export type SimulationOptions = z.infer<typeof SimulationOptions>;

/** Reads the options of a base URL; throws an Error that names what is wrong. */
export function readSimulationOptions(baseUrl: string): SimulationOptions {
  const parsed = SimulationOptions.safeParse(Object.fromEntries(new URL(baseUrl).searchParams));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The simulated provider's base URL is wrong: ${faults.join('; ')}`);
}

/** A provider without a model: it answers by rule, satisfies the schema, and fails as often as it is told. */
export function createSimulatedLanguageModel(
  options: SimulationOptions,
  random: () => number,
): LanguageModel {
  let calls = 0;
  return {
    async complete(request) {
      const call = calls++;
      const chance = (purpose: string) =>
        options.seed === undefined ? random() : fraction(`${options.seed}/${call}/${purpose}`);
      const spread = 1 + options.jitter * (2 * chance('latency') - 1);
      if (chance('hang') < options.hang_rate) await pause(2 ** 31 - 1, request.signal);
      if (chance('rate limit') < options.rate_limit_rate)
        throw new ProviderFailure('rate_limited', 'Simulated rate limit', {
          retryAfter: options.retry_after_ms,
        });
      const reply = answer(request, options, chance('invalid') < options.invalid_rate);
      const writing =
        options.tokens_per_second > 0
          ? (1_000 * reply.usage.completionTokens) / options.tokens_per_second
          : 0;
      await pause(options.latency_ms * spread + writing, request.signal);
      if (chance('error') < options.error_rate) throw new ProviderFailure('outage', 'Simulated outage');
      return { ...reply, providerRequestId: `simulated-${call}` };
    },
  };
}

function answer(
  request: ChatRequest,
  options: SimulationOptions,
  invalid: boolean,
): Omit<ChatReply, 'providerRequestId'> {
  const asked = request.messages.map(({ content }) => content).join('\n');
  let content = writeContent(request, options, asked);
  if (invalid) content = content.slice(0, Math.max(1, content.length - 2)).replace(/^\{/, 'Sorry: ');
  const limit = request.maxTokens ?? Number.POSITIVE_INFINITY;
  const isCut = countTokens(content) > limit;
  if (isCut) content = content.slice(0, limit * 4);
  return {
    content,
    finishReason: isCut ? 'length' : 'stop',
    usage: { promptTokens: countTokens(asked), completionTokens: countTokens(content) },
  };
}

function writeContent(
  { responseSchema, model }: ChatRequest,
  options: SimulationOptions,
  asked: string,
): string {
  if (!responseSchema) {
    const mark = createHash('sha256').update(asked).digest('hex').slice(0, 8);
    return `Simulated answer ${mark} of ${model}. ${'word '.repeat(options.tokens)}`
      .slice(0, options.tokens * 4)
      .trim();
  }
  let picks = 0;
  const pick = (n: number) => Math.floor(fraction(`${options.seed}/${asked}/${picks++}`) * n);
  return JSON.stringify(generateFromSchema(responseSchema, pick));
}

function countTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 4);
}

/** 0 (inclusive) to 1 (exclusive), the same for the same text. */
function fraction(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32;
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
}
