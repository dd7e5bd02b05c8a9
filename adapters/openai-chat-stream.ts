import type { ChatDelta } from '../core/attempts/chat.ts';
import type { ChatReply, ChatRequest } from '../core/attempts/language-model.ts';
import { ProviderFailure } from '../core/attempts/provider-failure.ts';
import type { Provider } from '../core/providers/provider.ts';
import type { TokenUsage } from '../core/tasks/task.ts';
import { ChatChunk } from './chat-chunk.ts';
import { type ChoiceDeltas, createChoiceDeltas } from './choice-deltas.ts';
import { readRefusal } from './openai-errors.ts';
import { readCompletion, textOfChoice, toReply } from './read-completion.ts';
import { estimateUsage, readUsage } from './read-usage.ts';
import { readServerSentEvents, type ServerSentEvent } from './server-sent-events.ts';

/** What came of an answer so far. */
export interface ChatStream {
  /**
   * Reads the answer to its end and tells `request.onDelta` of its pieces. Throws ProviderFailure where the provider
   * ends it by an error or before it is whole, and what the connection throws.
   *
   * @param hear called at each piece
   */
  read(response: Response, signal: AbortSignal, hear: () => void): Promise<ChatReply>;
  /** What it cost so far, told or guessed; undefined: nothing of it came. */
  usageSoFar(): TokenUsage | undefined;
}

export function createChatStream(provider: Provider, request: ChatRequest, now: () => number): ChatStream {
  const choices = new Map<number, ChoiceDeltas>();
  const onDelta = request.onDelta ?? (() => {});
  const brokeOff = `${provider.name} broke off its answer`;
  const answer: { usage?: TokenUsage; model?: string; id?: string } = {};

  const tell = (delta: ChatDelta) => {
    if (delta.choices.length > 0) onDelta(delta);
  };
  const isWhole = () => choices.size > 0 && [...choices.values()].every((choice) => choice.isWhole);

  function readChunk({ event, data }: ServerSentEvent): boolean {
    const value = parse(data);
    const parsed = ChatChunk.safeParse(value);
    if (event === 'error' || (parsed.success && parsed.data.error))
      throw readRefusal(provider, value, now(), brokeOff);
    // Signs of life have names, and any data.
    if (!parsed.success && event !== '' && event !== 'message') return false;
    if (!parsed.success)
      throw new ProviderFailure('outage', `${provider.name} sent a chunk that cannot be read`);
    const { choices: pieces, usage, id, model } = parsed.data;
    answer.usage = readUsage(usage) ?? answer.usage ?? undefined;
    answer.id ||= id;
    answer.model ||= model;
    const failed = pieces?.find((piece) => piece.error || piece.finish_reason === 'error');
    if (failed) throw readRefusal(provider, { error: failed.error }, now(), brokeOff);
    tell({ choices: (pieces ?? []).flatMap((piece) => choiceAt(piece.index ?? 0).read(piece) ?? []) });
    return Boolean(pieces) || usage != null;
  }

  function choiceAt(index: number): ChoiceDeltas {
    const choice = choices.get(index) ?? createChoiceDeltas(index);
    choices.set(index, choice);
    return choice;
  }

  async function readEvents(response: Response, signal: AbortSignal, hear: () => void): Promise<void> {
    if (!response.body) return;
    for await (const event of readServerSentEvents(response.body, signal)) {
      if (event.data === '[DONE]') return;
      // A provider's own sign of life says nothing of its answer.
      if (readChunk(event)) hear();
    }
  }

  return {
    async read(response, signal, hear) {
      if (isNoStream(response)) return readWhole(provider, request, await response.text(), now());
      await readEvents(response, signal, hear).catch((error: unknown) => {
        if (error instanceof ProviderFailure || request.signal.aborted) throw error;
        // Nothing is missing: the connection had only to be closed.
        if (isWhole()) return;
        throw signal.aborted || choices.size === 0
          ? error
          : new ProviderFailure('outage', brokeOff, { cause: error });
      });
      if (choices.size === 0) throw readRefusal(provider, null, now());
      if (!isWhole()) throw new ProviderFailure('outage', brokeOff);
      const sorted = [...choices].sort(([one], [other]) => one - other).map(([, choice]) => choice);
      tell({ choices: sorted.map((choice) => choice.finish()) });
      return toReply(provider, request, {
        choices: sorted.map((choice) => choice.assemble()),
        usage: answer.usage,
        providerRequestId: answer.id ?? null,
        model: answer.model,
      });
    },
    usageSoFar() {
      if (choices.size === 0) return answer.usage;
      const written = [...choices.values()].map((choice) => textOfChoice(choice.assemble())).join('');
      return answer.usage ?? estimateUsage(request, written);
    },
  };
}

/** Whether a provider sends the answer in one piece though a stream was asked for, or a page instead of it. */
function isNoStream(response: Response): boolean {
  return /json|html/.test(response.headers.get('content-type') ?? '');
}

function readWhole(provider: Provider, request: ChatRequest, text: string, now: number): ChatReply {
  const reply = readCompletion(
    provider,
    { ...request, parameters: request.parameters ?? {} },
    parse(text),
    now,
  );
  const choices = reply.choices ?? [];
  for (const { index, message, logprobs } of choices) {
    const { tool_calls, ...rest } = message;
    const calls = (tool_calls as Record<string, unknown>[] | undefined)?.map((call, at) => ({
      index: at,
      ...call,
    }));
    const delta = { ...rest, ...(calls && { tool_calls: calls }) };
    request.onDelta?.({
      choices: [{ index, delta, finish_reason: null, ...(logprobs != null && { logprobs }) }],
    });
  }
  const ends = choices.map(({ index, finish_reason }) => ({ index, delta: {}, finish_reason }));
  request.onDelta?.({ choices: ends });
  const { usage, providerRequestId, model } = reply;
  return toReply(provider, request, { choices, usage, providerRequestId, model });
}

/** The value of a text; the text itself where it is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
