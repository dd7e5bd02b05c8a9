import type { ServerResponse } from 'node:http';

/** What a server does with a call, what becomes of the task, and what its caller is to do. */
export interface Case {
  /** What the server does, as the table of docs/model-answers.md names it. */
  server: string;
  /** Of each call; the last is repeated. */
  behaves: ((response: ServerResponse) => void)[];
  /** Of the task, beside what all have. */
  config?: Record<string, unknown>;
  /** Its answer is JSON: `{"label": …}`. */
  asksForJson?: true;
  outcome: Completed | Failed;
  calls: number;
  /** For people, in the table. */
  advice: string;
}

interface Completed {
  content?: string;
  data?: string;
  repairs?: RegExp;
  estimated?: true;
  usage?: [prompt: number, completion: number];
  finishReason?: string;
  provider?: string;
}

interface Failed {
  code: string;
  message: string;
  retryable: boolean;
}

export const isFailed = (outcome: Completed | Failed): outcome is Failed => 'code' in outcome;

const json =
  (body: unknown, status = 200, type = 'application/json') =>
  (response: ServerResponse) =>
    void response
      .writeHead(status, { 'content-type': type })
      .end(typeof body === 'string' ? body : JSON.stringify(body));

const usage = { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 };
const choice = (message: object, more: object = {}) => ({
  index: 0,
  message: { role: 'assistant', ...message },
  finish_reason: 'stop',
  ...more,
});
const whole = (choices: unknown[], more: object = {}) => ({
  id: 'c',
  object: 'chat.completion',
  model: 'm',
  choices,
  usage,
  ...more,
});
const say = (content: unknown, more: object = {}, inChoice: object = {}) =>
  json(whole([choice({ content }, inChoice)], more));

const page =
  '<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>';
const label = '{"label":"b"}';
const gaveUp = (message: string) => ({
  code: 'retries_exhausted',
  message: `Gave up after 1 attempt: ${message}`,
  retryable: true,
});
const cutBody = (response: ServerResponse) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
  response.write('{"choices":[{"message":{"content":"Hel');
  setTimeout(() => response.destroy(), 50);
};
const again = 'Submit it again later: the server may be well then';

export const cases: Case[] = [
  {
    server: 'a web page with status 200',
    behaves: [json(page, 200, 'text/html')],
    outcome: gaveUp(
      'local answered 200 with a web page: 502 Bad Gateway. A proxy answered in its place, or its base URL is wrong',
    ),
    calls: 1,
    advice: 'Check the base URL; else submit it again later',
  },
  {
    server: 'a web page that says it is JSON',
    behaves: [json(page)],
    outcome: gaveUp(
      'local answered 200 with a web page: 502 Bad Gateway. A proxy answered in its place, or its base URL is wrong',
    ),
    calls: 1,
    advice: 'The same',
  },
  {
    server: 'a text with status 500',
    behaves: [json('CUDA out of memory', 500, 'text/plain')],
    outcome: gaveUp('local answered 500: CUDA out of memory'),
    calls: 1,
    advice: again,
  },
  {
    server: 'a body that is cut by the connection',
    behaves: [cutBody],
    outcome: gaveUp('local closed the connection before the end of its answer (UND_ERR_SOCKET)'),
    calls: 1,
    advice: again,
  },
  {
    server: 'a body of half a JSON text',
    behaves: [json('{"choices":[{"index":0,"message":{"content":"Hel')],
    outcome: gaveUp('local broke off its answer'),
    calls: 1,
    advice: again,
  },
  {
    server: 'no body',
    behaves: [json('')],
    outcome: gaveUp('local answered without a completion'),
    calls: 1,
    advice: again,
  },
  {
    server: 'an empty list of choices',
    behaves: [json(whole([]))],
    outcome: gaveUp('local answered without a completion'),
    calls: 1,
    advice: again,
  },
  {
    server: 'a connection that is reset',
    behaves: [(response) => void response.socket?.resetAndDestroy()],
    outcome: gaveUp('local closed the connection (ECONNRESET)'),
    calls: 1,
    advice: again,
  },
  {
    server: 'nothing for longer than the task has',
    behaves: [() => {}],
    config: { timeout: '2s' },
    outcome: { code: 'timeout', message: 'The task did not end before its timeout', retryable: false },
    calls: 1,
    advice: 'Give it more time: `config.timeout`',
  },
  {
    server: 'a model that it does not have',
    behaves: [
      json(
        {
          error: {
            message: 'model "none" not found, try pulling it first',
            type: 'api_error',
            param: null,
            code: null,
          },
        },
        404,
      ),
    ],
    outcome: {
      code: 'provider_error',
      message:
        'local answered 404 api_error: model "none" not found, try pulling it first. Name another model in config.model: GET /api/v1/providers lists them',
      retryable: false,
    },
    calls: 1,
    advice: 'Name another model',
  },
  {
    server: 'a prompt that is too long for it',
    behaves: [
      json(
        {
          error: {
            code: 400,
            message: 'the request exceeds the available context size, try increasing it',
            type: 'exceed_context_size_error',
            n_prompt_tokens: 14_429,
            n_ctx: 8_192,
          },
        },
        400,
      ),
    ],
    outcome: {
      code: 'provider_error',
      message:
        'local answered 400 exceed_context_size_error: the request exceeds the available context size, try increasing it. Shorten the input, or name a model with a larger context window in config.model',
      retryable: false,
    },
    calls: 1,
    advice: 'Shorten the input, or name a model with a larger window',
  },
  {
    server:
      'a prompt that is too long for it, told as a list of details with 422, where another provider may take over',
    behaves: [
      json(
        {
          detail: [
            {
              loc: ['body', 'messages'],
              msg: 'Prompt is too long: maximum context length is 4096 tokens',
              type: 'value_error',
            },
          ],
        },
        422,
      ),
      say('From a larger one'),
    ],
    config: { failover: true },
    outcome: { content: 'From a larger one', provider: 'openai' },
    calls: 2,
    advice: 'Nothing: it went to a provider with a larger window',
  },
  {
    server: 'a refusal whose words are in `detail`',
    behaves: [json({ detail: 'temperature must be below 1' }, 422)],
    outcome: {
      code: 'provider_error',
      message: 'local answered 422: temperature must be below 1',
      retryable: false,
    },
    calls: 1,
    advice: 'Correct what it names',
  },
  {
    server: 'an error inside of a choice, with the code 400',
    behaves: [
      json(
        whole([
          choice(
            { content: '' },
            {
              finish_reason: 'error',
              error: {
                code: 400,
                message: 'Provider returned error',
                metadata: { raw: '{"error":{"message":"tools are not known"}}' },
              },
            },
          ),
        ]),
      ),
    ],
    outcome: { code: 'provider_error', message: 'local answered 400: tools are not known', retryable: false },
    calls: 1,
    advice: 'Correct what it names',
  },
  {
    server: 'an error inside of status 200, with the code 503',
    behaves: [json({ error: { code: 503, message: 'No instances available' } })],
    outcome: gaveUp('local answered 503: No instances available'),
    calls: 1,
    advice: again,
  },
  {
    server: 'a filter that holds the answer back',
    behaves: [say('', {}, { finish_reason: 'content_filter' })],
    outcome: {
      code: 'content_filtered',
      message: 'The content filter of local held back its answer: change what is asked for',
      retryable: false,
    },
    calls: 1,
    advice: 'Change what the task says',
  },
  {
    server: 'no usage',
    behaves: [say('Hello', { usage: undefined })],
    outcome: { content: 'Hello', estimated: true },
    calls: 1,
    advice: 'Nothing: the tokens are estimated, and marked so',
  },
  {
    server: 'usage of texts, fractions and lists',
    behaves: [say('Hello', { usage: { prompt_tokens: '73', completion_tokens: 2.4, total_tokens: ['75'] } })],
    outcome: { content: 'Hello', usage: [73, 2] },
    calls: 1,
    advice: 'Nothing',
  },
  {
    server: 'content as a list of typed blocks',
    behaves: [
      say([
        { type: 'thinking', thinking: 'Hm.' },
        { type: 'text', text: 'Hel' },
        { type: 'text', text: 'lo' },
      ]),
    ],
    outcome: { content: 'Hello' },
    calls: 1,
    advice: 'Nothing: the texts are joined, thoughts left out',
  },
  {
    server: 'events, though JSON was asked for',
    behaves: [
      json(
        `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'Hello' }, finish_reason: 'stop' }], usage })}\n\ndata: [DONE]\n\n`,
      ),
    ],
    outcome: { content: 'Hello', usage: [12, 3] },
    calls: 1,
    advice: 'Nothing',
  },
  {
    server: 'thoughts before the answer, with a draft in a fence, and only their end marked',
    behaves: [say(`Draft:\n\`\`\`json\n{"label":"a"}\n\`\`\`\nNo: b.\n</think>\n\n${label}`)],
    asksForJson: true,
    outcome: { data: label, repairs: /thoughts/ },
    calls: 1,
    advice: 'Nothing: `result.repairs` says so',
  },
  {
    server: 'remarks around the JSON, which comes twice',
    behaves: [say(`Sure! [as asked]\n${label}\nAgain:\n\`\`\`json\n${label}\n\`\`\`\nI hope that helps.`)],
    asksForJson: true,
    outcome: { data: label, repairs: /around the JSON/ },
    calls: 1,
    advice: 'Nothing: `result.repairs` says so',
  },
  {
    server: 'JSON with small errors',
    behaves: [say("{'label': 'b',}")],
    asksForJson: true,
    outcome: { data: label, repairs: /put right/ },
    calls: 1,
    advice: 'Nothing: `result.repairs` says so',
  },
  {
    server: 'a number that no double holds',
    behaves: [say('{"label":"b","id":9007199254740993,"score":1.0}')],
    asksForJson: true,
    outcome: { data: '{"label":"b","id":9007199254740993,"score":1.0}' },
    calls: 1,
    advice: 'Read it with a parser that keeps its digits',
  },
  {
    server: 'an answer in JSON that is cut off, twice',
    behaves: [say('{"label":"b","items":["alpha","beta","gam', {}, { finish_reason: 'length' })],
    config: { max_tokens: 3 },
    asksForJson: true,
    outcome: {
      code: 'invalid_output',
      message:
        "The model's second answer, too, was cut off after 3 tokens, at max_tokens (3): raise config.max_tokens, or ask for a shorter answer",
      retryable: false,
    },
    calls: 2,
    advice: 'Raise `config.max_tokens`',
  },
  {
    server: 'thoughts that never end',
    behaves: [say('<think>on and on', {}, { finish_reason: 'length' })],
    config: { max_tokens: 3 },
    outcome: {
      code: 'invalid_output',
      message:
        "The model's answer was cut off after 3 tokens, at max_tokens (3): raise config.max_tokens, or ask for a shorter answer",
      retryable: false,
    },
    calls: 1,
    advice: 'Raise `config.max_tokens`',
  },
  {
    server: 'no JSON, twice',
    behaves: [say('I cannot do that.')],
    asksForJson: true,
    outcome: {
      code: 'invalid_output',
      message: "The model's answer does not satisfy the schema, nor does its repair: the answer is not JSON",
      retryable: false,
    },
    calls: 2,
    advice: 'Read `error.answer`; ask in other words, or another model',
  },
];

/** A row of the table. */
export function rowOf({ server, outcome, calls, advice }: Case): string {
  const becomes = isFailed(outcome)
    ? `\`${outcome.code}\`: ${outcome.message}`
    : `completed${outcome.provider ? ` by ${outcome.provider}` : ''}`;
  const retryable = isFailed(outcome) ? (outcome.retryable ? 'yes' : 'no') : '';
  return `| ${server} | ${becomes} | ${retryable} | ${calls} | ${advice} |`.replaceAll('  |', ' |');
}
