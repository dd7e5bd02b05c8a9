import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ChoiceDelta } from '../../../core/attempts/chat.ts';
import { setUpStream } from './set-up-stream.ts';

interface Message {
  content: string | null;
  reasoning_content?: string;
  tool_calls?: { id: string; type: 'function'; function: { name: string; arguments: string } }[];
}

const text = fc
  .array(
    fc.constantFrom(
      ' ',
      '\n',
      'word',
      '<think>',
      '</think>',
      'a < b',
      '"',
      '{"n":1}',
      '😀',
      '测试',
      '```json\n',
      '[TH',
    ),
    { maxLength: 7 },
  )
  .map((parts) => parts.join(''));
const call = fc.record({ name: fc.constantFrom('look', 'find'), args: fc.record({ a: text }) });

const message = fc
  .record({ content: fc.option(text), thought: text, calls: fc.array(call, { maxLength: 2 }) })
  .map(
    ({ content, thought, calls }): Message => ({
      content,
      ...(thought !== '' && { reasoning_content: thought }),
      ...(calls.length > 0 && {
        tool_calls: calls.map(({ name, args }, index) => ({
          id: `call_${index}`,
          type: 'function',
          function: { name, arguments: JSON.stringify(args) },
        })),
      }),
    }),
  );

const piecesOf = (whole: string, size: number) => whole.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];

/** The same message as a provider streams it. */
function deltasOf({ content, reasoning_content = '', tool_calls = [] }: Message, size: number): object[] {
  return [
    { role: 'assistant' },
    ...piecesOf(reasoning_content, size).map((piece) => ({ reasoning_content: piece })),
    ...piecesOf(content ?? '', size).map((piece) => ({ content: piece })),
    ...tool_calls.flatMap(({ function: { name, arguments: args }, ...rest }, index) => [
      { tool_calls: [{ index, ...rest, function: { name, arguments: '' } }] },
      ...piecesOf(args, size).map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
    ]),
  ];
}

/** What a reader of the pieces has. */
function joined(pieces: ChoiceDelta[]): string {
  return pieces.map(({ delta }) => delta.content ?? '').join('');
}

test('a streamed answer is the whole one, and what was told of it its text', async (t) => {
  let answer: Message = { content: '' };
  let size = 1;
  const { complete, pieces, seen } = await setUpStream(t, (response) => {
    const finish_reason = answer.tool_calls ? 'tool_calls' : 'stop';
    const head = { id: 'chatcmpl-1', created: 1, model: 'm' };
    if (!seen.at(-1)?.body.stream) {
      const choices = [{ index: 0, message: { role: 'assistant', ...answer }, finish_reason }];
      response.setHeader('content-type', 'application/json');
      return void response.end(JSON.stringify({ ...head, object: 'chat.completion', choices }));
    }
    response.setHeader('content-type', 'text/event-stream');
    const tell = (delta: object, reason: string | null) =>
      response.write(
        `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`,
      );
    for (const delta of deltasOf(answer, size)) tell(delta, null);
    tell({}, finish_reason);
    response.end('data: [DONE]\n\n');
  });
  const outcomeOf = async (request: Parameters<typeof complete>[0]) => {
    const { content, finishReason, choices } = await complete({ parameters: {}, ...request });
    const [choice] = choices ?? [];
    return {
      content,
      finishReason,
      calls: choice?.message.tool_calls,
      thought: choice?.message.reasoning_content,
    };
  };
  await fc.assert(
    fc.asyncProperty(message, fc.integer({ min: 1, max: 9 }), async (next, pieceSize) => {
      answer = next;
      size = pieceSize;
      pieces.length = 0;
      const streamed = await outcomeOf({});
      assert.deepEqual(streamed, await outcomeOf({ onDelta: undefined }));
      // Of a thought that only its end marks the beginning was told.
      assert.ok(joined(pieces).endsWith(streamed.content), `${joined(pieces)} for ${streamed.content}`);
      if (!next.content?.includes('</think>')) assert.equal(joined(pieces), streamed.content);
    }),
    { numRuns: 300 },
  );
});
