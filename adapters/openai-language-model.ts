import type {
  ChatReply,
  ChatRequest,
  EmbeddingReply,
  EmbeddingRequest,
  LanguageModel,
} from '../core/attempts/language-model.ts';
import { ProviderFailure } from '../core/attempts/provider-failure.ts';
import type { TokenUsage } from '../core/tasks/task.ts';
import { buildChatBody, buildStreamBody } from './openai-chat-body.ts';
import { createChatStream } from './openai-chat-stream.ts';
import { createOpenaiClient, type OpenaiClientOptions, readLimits } from './openai-client.ts';
import { buildEmbeddingBody, readEmbeddings } from './openai-embeddings.ts';
import { classifyThrown } from './openai-errors.ts';
import { type SilenceWatch, startSilenceWatch } from './silence-watch.ts';

export interface OpenaiLanguageModelOptions extends OpenaiClientOptions {
  now: () => number;
}

/** A provider that speaks the OpenAI dialect. */
export function createOpenaiLanguageModel(options: OpenaiLanguageModelOptions): LanguageModel {
  const { provider, now } = options;
  const connect = createOpenaiClient(options);

  /** A call, given up when nothing is heard of it for too long; any error is thrown as what it means. */
  async function run<T>(
    aborted: AbortSignal,
    usageSoFar: () => TokenUsage | undefined,
    call: (
      openai: Awaited<ReturnType<typeof connect>>,
      signal: AbortSignal,
      watch: SilenceWatch,
    ) => Promise<T>,
  ): Promise<T> {
    const openai = await connect();
    const watch = startSilenceWatch(provider.callTimeoutMs);
    try {
      return await call(openai, AbortSignal.any([aborted, watch.signal]), watch);
    } catch (error) {
      if (aborted.aborted) throw aborted.reason;
      const failure = watch.signal.aborted ? silence() : classifyThrown(provider, error, now());
      failure.usage ??= usageSoFar();
      throw failure;
    } finally {
      watch.stop();
    }
  }

  function silence(): ProviderFailure {
    const seconds = provider.callTimeoutMs / 1_000;
    return new ProviderFailure('outage', `${provider.name} said nothing for ${seconds} s`);
  }

  function complete(request: ChatRequest): Promise<ChatReply> {
    const answer = createChatStream(provider, request, now);
    const body = request.onDelta ? buildStreamBody(provider, request) : buildChatBody(provider, request);
    return run(request.signal, answer.usageSoFar, async (openai, signal, watch) => {
      // The package's own readers round numbers, end without a word when a connection is cut, and break on events
      // without data.
      const response = await openai
        .post('/chat/completions', { body, signal, stream: body.stream === true })
        .asResponse();
      watch.hear();
      const limits = readLimits(response.headers, now());
      const { rateLimits } = limits;
      if (rateLimits) request.onDelta?.({ choices: [], rateLimits });
      return { ...(await answer.read(response, signal, watch.hear)), ...limits };
    });
  }

  return {
    complete,
    embed(request: EmbeddingRequest): Promise<EmbeddingReply> {
      return run(
        request.signal,
        () => undefined,
        async (openai, signal) => {
          const body = buildEmbeddingBody(provider, request);
          // The package's method for it would ask for base64 where the caller asked for nothing.
          const call = openai.post<unknown>('/embeddings', { body, signal });
          const { data, response } = await call.withResponse();
          return {
            ...readEmbeddings(provider, request, data, now()),
            ...readLimits(response.headers, now()),
          };
        },
      );
    },
  };
}
