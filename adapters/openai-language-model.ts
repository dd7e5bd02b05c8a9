import type OpenAI from 'openai';
import type { ChatReply, LanguageModel } from '../core/attempts/language-model.ts';
import { ProviderFailure } from '../core/attempts/provider-failure.ts';
import { readHoldBack } from '../core/attempts/read-retry-after.ts';
import type { Provider } from '../core/providers/provider.ts';
import { buildChatBody } from './openai-chat-body.ts';
import { classifyThrown, fetchWithReadableErrors, readRefusal } from './openai-errors.ts';

export interface OpenaiLanguageModelOptions {
  provider: Provider;
  baseUrl: string;
  readKey: () => Promise<string | undefined>;
  now: () => number;
}

/**
 * A provider that speaks the OpenAI dialect, through the `openai` package. The package repeats nothing (the
 * service decides on repeats, once) and is loaded with the first call, for many cold starts never make one.
 */
export function createOpenaiLanguageModel(options: OpenaiLanguageModelOptions): LanguageModel {
  const { provider } = options;
  let client: Promise<OpenAI> | undefined;
  return {
    async complete(request) {
      const key = await readKey(options);
      client ??= createClient(options.baseUrl);
      const openai = (await client).withOptions({ apiKey: key });
      const patience = AbortSignal.timeout(provider.callTimeoutMs);
      const signal = AbortSignal.any([request.signal, patience]);
      try {
        const call = openai.chat.completions.create(buildChatBody(provider, request), { signal });
        const { data, response } = await call.withResponse();
        const holdBackMs = readHoldBack(Object.fromEntries(response.headers), options.now());
        return { ...toReply(provider, data, options.now()), ...(holdBackMs && { holdBackMs }) };
      } catch (error) {
        if (request.signal.aborted) throw request.signal.reason;
        if (patience.aborted)
          throw new ProviderFailure(
            'outage',
            `${provider.name} said nothing for ${provider.callTimeoutMs / 1_000} s`,
          );
        throw classifyThrown(provider, error, options.now());
      }
    },
  };
}

async function createClient(baseURL: string): Promise<OpenAI> {
  const { default: OpenAI } = await import('openai');
  return new OpenAI({
    baseURL,
    apiKey: 'given with each call',
    // The package would read these from the environment and send OpenAI's account to other vendors.
    organization: null,
    project: null,
    adminAPIKey: null,
    maxRetries: 0,
    // Longer than any call may take: callTimeoutMs and the caller's signal end it.
    timeout: 3_600_000,
    logLevel: 'off',
    fetch: fetchWithReadableErrors,
  });
}

async function readKey({ provider, readKey }: OpenaiLanguageModelOptions): Promise<string> {
  if (provider.key === 'none') return 'none';
  const key = await readKey();
  if (!key && provider.key === 'required')
    throw new ProviderFailure('auth', `${provider.name} has no API key; its parameter is empty`);
  return key || 'none';
}

function toReply(provider: Provider, completion: OpenAI.ChatCompletion, now: number): ChatReply {
  const choice = typeof completion === 'object' ? completion?.choices?.[0] : undefined;
  if (!choice?.message) throw readRefusal(provider, completion, now);
  const { finish_reason: finishReason, message } = choice;
  if (finishReason === 'content_filter' || message.refusal)
    throw new ProviderFailure('content_filtered', `${provider.name} filtered its answer`);
  const { usage } = completion;
  const cached = usage?.prompt_tokens_details?.cached_tokens;
  return {
    content: message.content ?? '',
    finishReason: finishReason ?? 'stop',
    usage: {
      promptTokens: usage?.prompt_tokens ?? 0,
      completionTokens: usage?.completion_tokens ?? 0,
      ...(cached ? { cachedPromptTokens: cached } : {}),
    },
    providerRequestId: completion.id ?? null,
  };
}
