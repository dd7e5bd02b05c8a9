import type { ChatDelta } from '../core/attempts/chat.ts';
import type { ChatReply, ChatRequest } from '../core/attempts/language-model.ts';
import { ProviderFailure } from '../core/attempts/provider-failure.ts';
import { JsonReadError, readJson } from '../core/json/read-json.ts';
import type { Provider } from '../core/providers/provider.ts';
import type { TokenUsage } from '../core/tasks/task.ts';
import { ChatChunk } from './chat-chunk.ts';
import { type ChoiceDeltas, createChoiceDeltas } from './choice-deltas.ts';
import { holdsError } from './message-schemas.ts';
import { readRefusal } from './openai-errors.ts';
import { peekBody } from './peek-body.ts';
import {
  brokeOff,
  isBrokenOff,
  readBrokenChoice,
  readCompletion,
  textOfChoice,
  toReply,
} from './read-completion.ts';
import { readUsage, settleUsage, type ToldUsage } from './read-usage.ts';
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
  const answer: { usage?: ToldUsage; model?: string; id?: string } = {};

  const tell = (delta: ChatDelta) => {
    if (delta.choices.length > 0) onDelta(delta);
  };
  const isWhole = () => choices.size > 0 && [...choices.values()].every((choice) => choice.isWhole);

  function readChunk({ event, data }: ServerSentEvent): boolean {
    const value = parse(data);
    const parsed = ChatChunk.safeParse(value);
    if (event === 'error' || (parsed.success && isError(parsed.data)))
      throw readRefusal(provider, value, now(), brokeOff(provider));
    // Signs of life have names, and any data.
    if (!parsed.success && event !== '' && event !== 'message') return false;
    if (!parsed.success)
      throw new ProviderFailure('outage', `${provider.name} sent a chunk that cannot be read`);
    const { choices: pieces, id, model } = parsed.data;
    const usage = readUsage(provider, value);
    if (usage) answer.usage = usage;
    answer.id ||= id;
    answer.model ||= model;
    const failed = pieces?.find(isBrokenOff);
    if (failed) throw readBrokenChoice(provider, failed, now());
    tell({ choices: (pieces ?? []).flatMap((piece) => choiceAt(piece.index ?? 0).read(piece) ?? []) });
    return Boolean(pieces) || usage !== undefined;
  }

  function choiceAt(index: number): ChoiceDeltas {
    const choice = choices.get(index) ?? createChoiceDeltas(index);
    choices.set(index, choice);
    return choice;
  }

  async function readEvents(
    body: ReadableStream<Uint8Array>,
    signal: AbortSignal,
    hear: () => void,
  ): Promise<void> {
    for await (const event of readServerSentEvents(body, signal)) {
      if (event.data === '[DONE]') return;
      // A provider's own sign of life says nothing of its answer.
      if (readChunk(event)) hear();
    }
  }

  return {
    async read(response, signal, hear) {
      const { isStream, body } = await peekBody(response, signal);
      if (!isStream) return readWhole(provider, request, await new Response(body).text(), now());
      await readEvents(body, signal, hear).catch((error: unknown) => {
        if (error instanceof ProviderFailure || request.signal.aborted) throw error;
        // Nothing is missing: the connection had only to be closed.
        if (isWhole()) return;
        throw signal.aborted || choices.size === 0
          ? error
          : new ProviderFailure('outage', brokeOff(provider), { cause: error });
      });
      if (choices.size === 0) throw readRefusal(provider, null, now());
      if (!isWhole()) throw new ProviderFailure('outage', brokeOff(provider));
      const sorted = [...choices].sort(([one], [other]) => one - other).map(([, choice]) => choice);
      tell({ choices: sorted.flatMap((choice) => choice.flush() ?? []) });
      tell({ choices: sorted.map((choice) => choice.finish()) });
      return toReply(provider, request, {
        choices: sorted.map((choice) => choice.assemble()),
        usage: answer.usage,
        providerRequestId: answer.id ?? null,
        model: answer.model,
      });
    },
    usageSoFar() {
      if (choices.size === 0) return answer.usage && settleUsage(answer.usage, request, '');
      const written = [...choices.values()].map((choice) => textOfChoice(choice.assemble())).join('');
      return settleUsage(answer.usage, request, written);
    },
  };
}

/** An answer in one piece, told as if it had come in pieces. */
function readWhole(provider: Provider, request: ChatRequest, text: string, now: number): ChatReply {
  const { onDelta } = request;
  const value = parse(text);
  if (typeof value === 'string' && /^\s*[{[]/.test(text))
    throw new ProviderFailure('outage', brokeOff(provider));
  const whole = readCompletion(provider, value, now);
  const { choices = [] } = toReply(provider, { ...request, parameters: request.parameters ?? {} }, whole);
  for (const { index, message, logprobs } of choices) {
    const { tool_calls, ...rest } = message;
    const calls = (tool_calls as Record<string, unknown>[] | undefined)?.map((call, at) => ({
      index: at,
      ...call,
    }));
    const delta = { ...rest, ...(calls && { tool_calls: calls }) };
    onDelta?.({ choices: [{ index, delta, finish_reason: null, ...(logprobs != null && { logprobs }) }] });
  }
  const ends = choices.map(({ index, finish_reason }) => ({ index, delta: {}, finish_reason }));
  onDelta?.({ choices: ends });
  return toReply(provider, request, whole);
}

/** An error, also where it stands in the place of a chunk, as vLLM sends it. */
function isError({ error, object, choices, message, detail }: ChatChunk): boolean {
  return holdsError(error) || object === 'error' || (!choices && (isWords(message) || isWords(detail)));
}

const isWords = (value: unknown) => typeof value === 'string' && value !== '';

/** The value of a text; the text itself where it is no JSON. */
function parse(text: string): unknown {
  try {
    return readJson(text);
  } catch (error) {
    if (error instanceof JsonReadError) return text;
    throw error;
  }
}
