import type { ChatRequest } from '../core/attempts/language-model.ts';
import { toDouble } from '../core/json/exact-number.ts';
import type { Provider } from '../core/providers/provider.ts';
import { estimateTextTokens, textOfMessages } from '../core/task-types/estimate-tokens.ts';
import type { TokenUsage } from '../core/tasks/task.ts';

type Json = Record<string, unknown>;

/** Far above any window of context: a larger count is a fault. */
const mostTokens = 1e9;

/** What an answer tells of its tokens; of a count that it does not tell, or not as a number, nothing is known. */
export interface ToldUsage {
  prompt?: number | undefined;
  completion?: number | undefined;
  cached?: number | undefined;
  reasoning?: number | undefined;
}

/** Where the counts are: OpenAI's names, then those of other vendors and servers, as paths into the usage. */
const names = {
  prompt: ['prompt_tokens', 'input_tokens', 'inputTokens', 'promptTokenCount', 'prompt_eval_count'],
  completion: ['completion_tokens', 'output_tokens', 'outputTokens', 'candidatesTokenCount', 'eval_count'],
  total: ['total_tokens', 'totalTokens', 'totalTokenCount'],
  cached: [
    'prompt_tokens_details.cached_tokens',
    'input_tokens_details.cached_tokens',
    'cached_tokens', // Kimi
    'prompt_cache_hit_tokens', // DeepSeek
    'num_cached_tokens', // Mistral
    'cachedContentTokenCount', // Gemini
  ],
  reasoning: [
    'completion_tokens_details.reasoning_tokens',
    'output_tokens_details.reasoning_tokens',
    'reasoning_tokens',
    'thoughtsTokenCount', // Gemini
  ],
};

/**
 * The usage of an answer, or of a chunk of one: beside its choices, or in one of them (Kimi's streams), in `x_groq` (Groq),
 * or in the `timings` of llama.cpp.
 */
export function readUsage(provider: Pick<Provider, 'usage'>, answer: unknown): ToldUsage | undefined {
  const { usage, usageMetadata, x_groq, choices, timings } = record(answer);
  const inChoices = Array.isArray(choices) ? choices.map((choice) => record(choice).usage) : [];
  const places = [usage, ...inChoices, record(x_groq).usage, usageMetadata, toUsage(timings)];
  for (const place of places) {
    const told = readPlace(provider, record(place));
    if (told) return told;
  }
  return undefined;
}

function readPlace({ usage: own }: Pick<Provider, 'usage'>, usage: Json): ToldUsage | undefined {
  const find = (paths: readonly string[]) => {
    for (const path of paths) {
      const found = toCount(path.split('.').reduce<unknown>((at, name) => record(at)[name], usage));
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const reasoning = find([...(own.reasoningTokens ?? []), ...names.reasoning]);
  const total = find(names.total);
  const told = find(names.completion);
  const prompt =
    find(names.prompt) ??
    (total !== undefined && told !== undefined && total >= told ? total - told : undefined);
  const left = total !== undefined && prompt !== undefined && total >= prompt ? total - prompt : undefined;
  const isApart = own.countsThoughtsApart || (reasoning && left === (told ?? 0) + reasoning);
  const completion = isApart ? (left ?? (told ?? 0) + (reasoning ?? 0)) : (told ?? left);
  if (!prompt && !completion) return undefined;
  const cached = find([...(own.cachedTokens ?? []), ...names.cached]);
  return { prompt: prompt || undefined, completion, cached, reasoning };
}

/** llama.cpp counts the cached tokens beside the others. */
function toUsage(timings: unknown): Json | undefined {
  const { prompt_n, cache_n, predicted_n } = record(timings);
  const prompt = toCount(prompt_n);
  const cached_tokens = toCount(cache_n) ?? 0;
  return prompt === undefined
    ? undefined
    : { prompt_tokens: prompt + cached_tokens, completion_tokens: predicted_n, cached_tokens };
}

/** A number of tokens, also where it comes as digits in a text. */
function toCount(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : toDouble(value);
  return typeof number === 'number' && number >= 0 && number <= mostTokens ? Math.round(number) : undefined;
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/**
 * The tokens that a request and its answer cost. What was paid for is not to count as free: a count that nobody told is a
 * guess by the text, and marked as one.
 *
 * @param answer all that the model wrote
 */
export function settleUsage(
  told: ToldUsage | undefined,
  request: Pick<ChatRequest, 'messages' | 'parameters'>,
  answer: string,
): TokenUsage {
  const isGuess = told?.prompt === undefined || told.completion === undefined;
  const promptTokens = told?.prompt ?? guessPrompt(request);
  const completionTokens = told?.completion ?? estimateTextTokens(answer);
  const cached = Math.min(told?.cached ?? 0, promptTokens);
  const reasoning = Math.min(told?.reasoning ?? 0, completionTokens);
  return {
    promptTokens,
    completionTokens,
    ...(cached > 0 && { cachedPromptTokens: cached }),
    ...(reasoning > 0 && { reasoningTokens: reasoning }),
    ...(isGuess && { estimated: true }),
  };
}

function guessPrompt({ messages, parameters }: Pick<ChatRequest, 'messages' | 'parameters'>): number {
  const tools = parameters?.tools === undefined ? '' : JSON.stringify(parameters.tools);
  return estimateTextTokens(textOfMessages(messages) + tools);
}
