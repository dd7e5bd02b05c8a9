import { randomUUID } from 'node:crypto';
import type { ToolCallDelta } from '../core/attempts/chat.ts';
import type { ToolCall } from './message-schemas.ts';

interface Call {
  index: number;
  sourceIndex: number | undefined;
  sourceId: string | undefined;
  name: string | undefined;
}

/**
 * Reads the pieces of the tool calls of one answer and gives them one form: counted from 0 in the order in which they
 * begin, id, type and name told once. Providers count from 1, or give parallel calls the same index, restate or omit
 * ids and names.
 */
export function createToolCallDeltas(): (pieces: readonly ToolCall[]) => ToolCallDelta[] {
  const calls: Call[] = [];
  return (pieces) => pieces.flatMap((piece) => readPiece(calls, piece) ?? []);
}

function readPiece(calls: Call[], piece: ToolCall): ToolCallDelta | undefined {
  const { index: _index, id: _id, type, function: called, ...others } = piece;
  const text = called?.arguments ?? '';
  const name = called?.name || undefined;
  const known = findCall(calls, piece);
  if (!known) {
    const call = {
      index: calls.length,
      sourceIndex: piece.index ?? undefined,
      sourceId: piece.id || undefined,
      name,
    };
    calls.push(call);
    // Its answer must name it, also where the provider does not.
    const id = call.sourceId ?? `call_${randomUUID()}`;
    const what = called ? { function: { ...(name && { name }), arguments: text } } : {};
    return { index: call.index, id, type: type || 'function', ...what, ...others };
  }
  const lateName = known.name === undefined ? name : undefined;
  known.name ??= name;
  const isNews = text !== '' || lateName !== undefined || Object.keys(others).length > 0;
  if (!isNews) return undefined;
  const what = called ? { function: { ...(lateName && { name: lateName }), arguments: text } } : {};
  return { index: known.index, ...what, ...others };
}

/** The call that a piece continues; undefined: it begins one. */
function findCall(calls: Call[], piece: ToolCall): Call | undefined {
  const { index, id } = piece;
  const name = piece.function?.name;
  const same = id && calls.find((call) => call.sourceId === id);
  if (same) return same;
  const last = index == null ? calls.at(-1) : calls.findLast((call) => call.sourceIndex === index);
  if (!last || !name || last.name === undefined) return last;
  const isOther = (id && last.sourceId) || name !== last.name || (!id && index == null);
  return isOther ? undefined : last;
}
