import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { leaveOutThoughts } from '../../../adapters/leave-out-thoughts.ts';
import { createThoughtSplitter } from '../../../adapters/thought-splitter.ts';

const answer = '{"label":"b"}';

const marked: [what: string, text: string, thought?: string][] = [
  ['<think>', `<think>a or b?</think>\n\n${answer}`, 'a or b?'],
  ['<think> that is empty', `<think>\n\n</think>\n\n${answer}`],
  ['<thinking>', `<thinking>\nb\n</thinking>${answer}`],
  ['<thought>', `<thought>b</thought> ${answer}`],
  ['<reasoning>', `\n<reasoning>b</reasoning>\n${answer}`],
  ['<Think> in capitals', `<Think>b</THINK>${answer}`],
  ['a mark with attributes', `<thinking budget="10">b</thinking>${answer}`],
  ['[THINK] of Mistral', `[THINK]b[/THINK]${answer}`],
  ['◁think▷ of Kimi', `◁think▷b◁/think▷${answer}`],
  ['<|begin_of_thought|>', `<|begin_of_thought|>b<|end_of_thought|>${answer}`],
  [
    '<|START_THINKING|> of Cohere',
    `<|START_THINKING|>b<|END_THINKING|><|START_RESPONSE|>${answer}<|END_RESPONSE|>`,
  ],
  ['<|channel>thought of Gemma', `<|channel>thought\nb<channel|>${answer}`],
  [
    'the channels of gpt-oss',
    `<|channel|>analysis<|message|>b<|end|><|start|>assistant<|channel|>final<|message|>${answer}<|return|>`,
  ],
  ['the channel of gpt-oss that is asked for JSON', `<|channel|>final <|constrain|>json<|message|>${answer}`],
  ['the channels of gpt-oss, without their marks', `analysisWe need b.assistantfinal${answer}`],
  ['the sentences of Granite', `Here is my thought process: b. Here is my response: ${answer}`],
  ['two thoughts', `<think>a</think>\n<think>b</think>\n${answer}`],
  ['a thought that quotes its end', `<think>I write \`</think>\` then</think>${answer}`],
  ['a thought that was opened in the prompt', `I compare.\n\n</think>\n\n${answer}`],
  [
    'a thought that was opened in the prompt, with a draft in a fence',
    `Draft:\n\`\`\`json\n{"label":"a"}\n\`\`\`\nNo, b.\n</think>\n${answer}`,
  ],
  ['a thought opened in the prompt that quotes', `The word is "b", not "a".</think>${answer}`],
  ['a thought that is closed twice', `a</think>no, b</think>${answer}`],
];

for (const [what, text, thought] of marked)
  test(`${what} is left out`, () => {
    const split = leaveOutThoughts(text);
    assert.equal(split.answer, answer);
    if (thought !== undefined) assert.equal(split.thought, thought);
  });

test('a thought between parts of an answer is left out alone', () => {
  assert.equal(leaveOutThoughts('One.\n<think>two?</think>\nThree.').answer, 'One.\nThree.');
});

test('a thought that is never closed is cut off', () => {
  for (const text of ['<think>on and on', '[THINK]on', '<|channel|>analysis<|message|>on'])
    assert.equal(leaveOutThoughts(text).answer, '');
});

test('an answer that speaks of marks stays as it is', () => {
  for (const text of [
    'Write `</think>` behind it.',
    'The tag "</think>" closes the thought.',
    'Write <think> before it.',
    '{"text":"the mark </think> closes <think>"}',
    '{"path":"C:\\\\","text":"the mark </think>, \\"so\\" </think>"}',
    'Here:\n```json\n{\n  "text": "the \\"mark\\" </think> closes"\n}\n```',
    ' indented, with a list: [1, 2] and a <b>word</b>',
    'a < b and [THINKING]',
    '',
  ])
    assert.deepEqual(leaveOutThoughts(text), { answer: text, thought: '' });
});

/** A text in pieces of these sizes, as it is told. */
function streamed(text: string, sizes: number[]): string {
  const splitter = createThoughtSplitter();
  let told = '';
  let at = 0;
  for (let turn = 0; at < text.length; turn += 1) {
    const size = sizes[turn % Math.max(sizes.length, 1)] ?? 1;
    told += splitter.read(text.slice(at, at + size)).answer;
    at += size;
  }
  return told + splitter.finish().answer;
}

const sizes = fc.array(fc.integer({ min: 1, max: 9 }));

test('what streams loses the same, however it is cut into pieces', () => {
  const texts = marked
    .filter(([what]) => !/without their marks|Granite|in the prompt|closed twice|quotes its end/.test(what))
    .map(([, text]) => text);
  fc.assert(
    fc.property(fc.constantFrom(...texts), sizes, (text, cuts) => {
      assert.equal(streamed(text, cuts), answer);
    }),
    { numRuns: 500 },
  );
});

test('what streams is the whole text, blanks before its first word and all', () => {
  const part = fc.constantFrom(' ', '\n', '\t', 'word', '<think>', 'a < b', '"', '<|end|>', '{"n":1}', '[TH');
  const text = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, sizes, (whole, cuts) =>
      assert.equal(streamed(whole, cuts), leaveOutThoughts(whole).answer),
    ),
    {
      numRuns: 2_000,
      examples: [
        ['\n\nword', [1]],
        [' ', [1]],
        ['        word<|end|>', [3]],
      ],
    },
  );
});

test('an answer without marks streams as it comes, but for what may begin one', () => {
  const splitter = createThoughtSplitter();
  assert.equal(splitter.read('Hello').answer, 'Hello');
  assert.equal(splitter.read(' <').answer, ' ');
  assert.equal(splitter.read('b>').answer, '<b>');
  assert.equal(splitter.read('[TH').answer, '');
  assert.equal(splitter.read('E]').answer, '[THE]');
});

test('a mark that an answer speaks of stays in a stream too', () => {
  const text = '{"path":"C:\\\\","text":"the mark </think>, \\"so\\" <think>"}';
  for (let size = 1; size < 9; size += 1) assert.equal(streamed(text, [size]), text);
});

test('a long text of half marks holds nobody up', { timeout: 10_000 }, () => {
  for (const text of [
    '<'.repeat(200_000),
    '<|channel|>'.repeat(50_000),
    '</think>'.repeat(50_000),
    '[TH'.repeat(100_000),
  ]) {
    leaveOutThoughts(text);
    const splitter = createThoughtSplitter();
    for (let at = 0; at < text.length; at += 1_000) splitter.read(text.slice(at, at + 1_000));
  }
});
