import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyError } from '../../../../core/attempts/classify-error.ts';
import { readErrorReply } from '../../../../core/attempts/error-reply.ts';
import { quoteWords } from '../../../../core/attempts/quote-words.ts';

const wordsOf = (body: unknown) =>
  readErrorReply(422, {}, typeof body === 'string' ? body : JSON.stringify(body)).message;

for (const [shape, body, words] of [
  ['OpenAI', { error: { message: 'no such tool', type: 'invalid_request_error' } }, 'no such tool'],
  ['a text as error (Ollama)', { error: 'model not loaded' }, 'model not loaded'],
  ['FastAPI, a text', { detail: 'Not allowed' }, 'Not allowed'],
  [
    'FastAPI, a list',
    {
      detail: [
        { loc: ['body', 'n'], msg: 'must be 1', type: 'value_error' },
        { loc: ['body'], msg: 'is odd' },
      ],
    },
    'body.n: must be 1; body: is odd',
  ],
  [
    'Mistral',
    { object: 'error', message: { detail: [{ loc: ['body'], msg: 'Extra inputs' }] } },
    'body: Extra inputs',
  ],
  ['Cloudflare', { success: false, errors: [{ code: 7003, message: 'No route' }] }, 'No route'],
  ['msg', { code: 1301, msg: '系统检测到敏感内容' }, '系统检测到敏感内容'],
  ['Baidu', { error_code: 336003, error_msg: 'the max length is 20000' }, 'the max length is 20000'],
  ['OAuth', { error: 'invalid_client', error_description: 'expired' }, 'expired'],
  ['MiniMax', { base_resp: { status_code: 1004, status_msg: 'login fail' } }, 'login fail'],
  [
    'RFC 9457',
    { type: 'about:blank', title: 'Bad', status: 400, detail: 'The body is odd' },
    'The body is odd',
  ],
  [
    'OpenRouter, of the provider behind it',
    {
      error: {
        message: 'Provider returned error',
        code: 400,
        metadata: { raw: '{"error":{"message":"1 image at most"}}' },
      },
    },
    '1 image at most',
  ],
  [
    'OpenRouter, as a text',
    { error: { message: 'Provider returned error', metadata: { raw: 'busy' } } },
    'busy',
  ],
  ['a list (Gemini)', [{ error: { code: 400, message: 'no', status: 'INVALID' } }], 'no'],
  ['a list of texts', ['one', 'two'], 'one; two'],
  ['a bare string', '"just words"', 'just words'],
  ['a text', 'upstream connect error', 'upstream connect error'],
  ['a page', '<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>', '502 Bad Gateway'],
  [
    'a page without a title',
    '<!doctype html><body><script>x()</script><p>Try &amp; wait</p></body>',
    'Try & wait',
  ],
  ['nothing', {}, ''],
  ['null', 'null', ''],
  ['empty', '', ''],
] as const)
  test(`the words of an error are found in the shape of ${shape}`, () => {
    assert.equal(wordsOf(body), words);
  });

test('a body that holds itself in itself, a book or a thousand details end soon', () => {
  let deep: object = { message: 'far' };
  for (let level = 0; level < 50; level += 1) deep = { error: deep };
  assert.equal(wordsOf(deep), '');
  assert.equal(wordsOf({ errors: Array(1_000).fill({ msg: 'x' }) }), 'x; x; x; …');
  const failure = classifyError('local', 'openai', readErrorReply(400, {}, 'word '.repeat(100_000)), 0);
  assert.ok(failure.message.length < 400);
});

test('what belongs to the account is taken out of a quotation, and what says what to do stays', () => {
  for (const [words, quoted] of [
    ['Incorrect API key provided: sk-proj-AbC123xyz.', 'Incorrect API key provided: ….'],
    ['Rate limit for org-AbCdEf1 on tokens: Limit 200000', 'Rate limit for … on tokens: Limit 200000'],
    ['Header was Bearer abc.def-ghi', 'Header was …'],
    ['arn:aws:bedrock:us-east-1:123456789012:x is denied', '… is denied'],
    ['Account 123456789012 is suspended', 'Account … is suspended'],
    ['Ask jane.doe@example.com for more', 'Ask … for more'],
    ['Key AIzaSyA1234567890abcdef is blocked', 'Key … is blocked'],
    ['token 0123456789abcdef0123456789abcdef is wrong', 'token … is wrong'],
    [
      'The model meta-llama/Llama-3.1-8B-Instruct does not exist',
      'The model meta-llama/Llama-3.1-8B-Instruct does not exist',
    ],
    ['lines\n\tand\u0000 blanks ', 'lines and blanks'],
  ] as const)
    assert.equal(quoteWords(words), quoted);
  assert.equal(quoteWords('x'.repeat(1_000)).length, 301);
});

for (const [what, status, body, kind] of [
  [
    'a prompt that is too long, by a list of details',
    422,
    { detail: [{ msg: 'prompt is too long: 9000 > 4096 tokens' }] },
    'too_long',
  ],
  [
    'a prompt that is too long, as 500',
    500,
    { error: { message: 'the request exceeds the available context size' } },
    'too_long',
  ],
  [
    'a prompt that is too long, by a bare text',
    400,
    'Requested tokens (2285) exceed context window of 2048',
    'too_long',
  ],
  [
    'a rate limit in tokens',
    429,
    { error: { message: 'You exceeded your tokens per minute' } },
    'rate_limited',
  ],
  [
    'no model loaded (LM Studio)',
    400,
    {
      error: {
        message: "No models loaded. Please load a model in the developer page or use the 'lms load' command.",
      },
    },
    'model_unavailable',
  ],
  [
    'a model that is not there, as 400',
    400,
    { error: 'model "x" not found, try pulling it first' },
    'model_unavailable',
  ],
  ['another refusal', 400, { error: { message: 'The model does not take images' } }, 'refused'],
] as const)
  test(`${what} is ${kind} at any server`, () => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    assert.equal(classifyError('local', 'openai', readErrorReply(status, {}, text), 0).kind, kind);
  });

test('the window that a refusal tells is read', () => {
  const told = (body: object) =>
    classifyError('local', 'openai', readErrorReply(400, {}, JSON.stringify(body)), 0).contextWindow;
  const openai = "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens";
  assert.equal(told({ error: { message: openai } }), 8_192);
  assert.equal(told({ error: { message: 'too long', n_prompt_tokens: 9_000, n_ctx: 4_096 } }), 4_096);
  assert.equal(told({ error: { message: 'prompt is too long' } }), undefined);
});
