import type { ChatChoice, ChoiceDelta } from '../core/attempts/chat.ts';

/** Characters of the pieces, one after the other and again from the first. */
const sizes = [4, 11, 7, 18, 9, 20, 6];

/** One piece of a stream and its share of the answer, in characters. */
export interface Piece {
  choice: ChoiceDelta;
  characters: number;
}

/** A choice in pieces which are together the choice. */
export function splitChoice({ index, message, finish_reason }: ChatChoice): Piece[] {
  const calls = (message.tool_calls ?? []) as {
    id: string;
    type: string;
    function: { name: string; arguments: string };
  }[];
  const piece = (delta: ChoiceDelta['delta'], characters = 0): Piece => ({
    choice: { index, delta, finish_reason: null },
    characters,
  });
  return [
    piece({ role: 'assistant', content: message.content === null ? null : '' }),
    ...splitText(message.content ?? '').map((content) => piece({ content }, content.length)),
    ...calls.flatMap(({ function: called, ...call }, at) => [
      piece({ tool_calls: [{ index: at, ...call, function: { name: called.name, arguments: '' } }] }),
      ...splitText(called.arguments).map((text) =>
        piece({ tool_calls: [{ index: at, function: { arguments: text } }] }, text.length),
      ),
    ]),
    { choice: { index, delta: {}, finish_reason }, characters: 0 },
  ];
}

/** Between characters, never inside one. */
function splitText(text: string): string[] {
  const characters = Array.from(text);
  const pieces: string[] = [];
  for (let at = 0, count = 0; at < characters.length; count++) {
    const size = sizes[count % sizes.length] as number;
    pieces.push(characters.slice(at, at + size).join(''));
    at += size;
  }
  return pieces;
}
