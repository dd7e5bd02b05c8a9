import type { ChatChoice, ChoiceDelta, ToolCallDelta } from '../core/attempts/chat.ts';
import { isExactNumber, replaceExact } from '../core/json/exact-number.ts';
import type { ChunkChoice } from './chat-chunk.ts';
import { finishReasonOf, type Message } from './message-schemas.ts';
import { createThoughtSplitter, type Split } from './thought-splitter.ts';
import { createToolCallDeltas } from './tool-call-deltas.ts';

type Json = Record<string, unknown>;

const noMessage: Partial<Message> = {};

export interface ChoiceDeltas {
  /** The next piece in its one form; undefined: it says nothing new. */
  read(piece: ChunkChoice): ChoiceDelta | undefined;
  /** What was held back, as the beginning of a mark; undefined: nothing. */
  flush(): ChoiceDelta | undefined;
  /** The provider said that the choice is whole. */
  readonly isWhole: boolean;
  /** The last piece, which has the finish reason. */
  finish(): ChoiceDelta;
  /** All that came so far as one choice, thoughts among its text included. */
  assemble(): ChatChoice;
}

/** The pieces of one choice, in one form whatever the provider sends, and what they are together. */
export function createChoiceDeltas(index: number): ChoiceDeltas {
  const readToolCalls = createToolCallDeltas();
  const splitter = createThoughtSplitter();
  const message: Json = {};
  const calls: Json[] = [];
  let logprobs: Json | undefined;
  let isTold = false;
  let finishReason: string | null = null;

  const begin = (content: string | undefined): ChoiceDelta['delta'] => {
    if (isTold) return {};
    isTold = true;
    return { role: 'assistant', content: content ?? null };
  };

  return {
    read(piece) {
      finishReason = piece.finish_reason ?? finishReason;
      const { role: _role, content, tool_calls = [], ...others } = piece.delta ?? noMessage;
      if (!piece.delta && !isTold) return undefined;
      const pieces = readToolCalls(tool_calls);
      const news = withoutEmpty(others);
      const split = splitter.read(content ?? '');
      const delta = {
        ...begin(content === undefined ? undefined : ''),
        ...(pieces.length > 0 && { tool_calls: pieces }),
        ...news,
        ...toDelta(split, news),
      };
      if (content !== undefined) message.content = `${message.content ?? ''}${content}`;
      extend(message, news);
      for (const call of pieces) extendCall(calls, call);
      const told = piece.logprobs as Json | null | undefined;
      if (told) logprobs = extend(logprobs ?? {}, told);
      if (Object.keys(delta).length === 0 && !told) return undefined;
      return { index, delta, finish_reason: null, ...(told && { logprobs: told }) };
    },
    flush() {
      const delta = toDelta(splitter.finish(), {});
      return Object.keys(delta).length === 0 ? undefined : { index, delta, finish_reason: null };
    },
    get isWhole() {
      return finishReason !== null;
    },
    finish() {
      return { index, delta: begin(''), finish_reason: reason() };
    },
    assemble() {
      const { content, ...others } = message;
      // An empty text beside calls is what a text is called that was not written.
      const text = calls.length > 0 && content === '' ? null : ((content as string | undefined) ?? null);
      return {
        index,
        message: {
          ...others,
          role: 'assistant',
          content: text,
          ...(calls.length > 0 && { tool_calls: calls }),
        },
        finish_reason: reason(),
        ...(logprobs && { logprobs }),
      };
    },
  };

  function reason(): string {
    return finishReasonOf(finishReason ?? 'stop', calls.length > 0);
  }
}

/** Thoughts among the text are told where providers tell them that keep them apart. */
function toDelta({ answer, thought }: Split, { reasoning_content: told = '' }: Json): Json {
  return {
    ...(answer !== '' && { content: answer }),
    ...(thought !== '' && { reasoning_content: `${told}${thought}` }),
  };
}

function withoutEmpty(members: Json): Json {
  const isEmpty = (value: unknown) =>
    value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(members).filter(([, value]) => !isEmpty(value)));
}

function extendCall(calls: Json[], { index, ...piece }: ToolCallDelta): void {
  calls[index] = extend(calls[index] ?? {}, piece);
}

/** Told once, or told again as it is. */
const names = new Set(['id', 'type', 'name', 'role', 'object']);

/** Lays a piece behind what came before it: texts and lists grow, objects by their members. */
function extend(whole: Json, piece: Json): Json {
  for (const [name, value] of Object.entries(piece)) {
    const before = whole[name];
    if (typeof before === 'string' && typeof value === 'string')
      whole[name] = names.has(name) ? value : before + value;
    else if (Array.isArray(before) && Array.isArray(value)) before.push(...value);
    else if (isObject(before) && isObject(value)) extend(before, value);
    else if (value !== null && value !== undefined) whole[name] = copy(value);
  }
  return whole;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value);
}

/** Of a JSON value, which later pieces extend. */
function copy(value: unknown): unknown {
  return replaceExact(value, (number) => number);
}
