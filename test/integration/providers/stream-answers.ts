import type { Behaviour } from './start-provider.ts';

/** A chunk of a completion with one choice. */
export function chunk(delta: object, finish_reason: string | null = null, more: object = {}) {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm-2026',
    choices: [{ index: 0, delta, finish_reason }],
    ...more,
  };
}

/** Server-sent events: JSON as data, and texts as they are. */
export function stream(...events: (object | string)[]): Behaviour {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    for (const event of events) response.write(typeof event === 'string' ? event : data(event));
    response.end();
  };
}

export const data = (event: object) => `data: ${JSON.stringify(event)}\n\n`;
export const done = 'data: [DONE]\n\n';

// As providers send them, shortened.

export const recordedText = {
  /** OpenAI with include_usage: `usage: null` on each chunk, then a chunk without choices. */
  openai: [
    chunk({ role: 'assistant', content: '', refusal: null }, null, { usage: null }),
    chunk({ content: 'Hel' }, null, { usage: null }),
    chunk({ content: 'lo' }, null, { usage: null }),
    chunk({}, 'stop', { usage: null }),
    {
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      model: 'm-2026',
      choices: [],
      usage: { prompt_tokens: 9, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 4 } },
    },
    done,
  ],
  /** DeepSeek: comments while it waits, usage in the last chunk of the choice. */
  deepseek: [
    ': keep-alive\n\n',
    chunk({ role: 'assistant', content: '' }),
    ': keep-alive\n\n',
    chunk({ role: 'assistant', content: 'Hello' }),
    chunk({ content: '' }, 'stop', {
      usage: { prompt_tokens: 9, completion_tokens: 2, prompt_cache_hit_tokens: 4 },
    }),
    done,
  ],
  /** A proxy of Anthropic's: events with names, some without data, blocks as content. */
  blocks: [
    'event: ping\ndata: {"type":"ping"}\n\n',
    'event: keepalive\n\n',
    'event: keepalive\ndata: still here\n\n',
    chunk({ role: 'assistant', content: [{ type: 'thinking', thinking: 'hm', text: 'hm' }] }),
    chunk(
      {
        content: [
          { type: 'text', text: 'Hel' },
          { type: 'text', text: 'lo' },
        ],
      },
      'stop',
    ),
    { id: 'chatcmpl-1', object: 'chat.completion.chunk' },
    { usage: { prompt_tokens: '9', completion_tokens: '2', cached_tokens: 4 } },
    done,
  ],
  /** The finish reason on an intermediate chunk too, lines that end by CRLF, no [DONE]. */
  early: [
    'data: {"choices":[{"index":0,"delta":{"role":"assistant","content":"Hel"},"finish_reason":"stop"}]}\r\n\r\n',
    'data: {"choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":"stop"}],\r\n',
    'data: "usage":{"prompt_tokens":9,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":4}}}\r\n\r\n',
  ],
} satisfies Record<string, (object | string)[]>;

const call = (index: number, id: string | null | undefined, name: string | null | undefined, args: string) =>
  chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: args } }] });

/** Two calls, `look {"a":1}` and `find {"b":2}`. */
export const recordedToolCalls = {
  openai: [
    chunk({
      role: 'assistant',
      content: null,
      tool_calls: [{ index: 0, id: 'call_a', type: 'function', function: { name: 'look', arguments: '' } }],
    }),
    chunk({ tool_calls: [{ index: 0, function: { arguments: '{"a"' } }] }),
    chunk({ tool_calls: [{ index: 0, function: { arguments: ':1}' } }] }),
    call(1, 'call_b', 'find', ''),
    chunk({ tool_calls: [{ index: 1, function: { arguments: '{"b":2}' } }] }),
    chunk({}, 'tool_calls'),
    done,
  ],
  /** DashScope restates id and name as empty, and role and content with each. */
  dashscope: [
    chunk({
      role: 'assistant',
      content: '',
      tool_calls: [
        { index: 0, id: 'call_a', type: 'function', function: { name: 'look', arguments: '{"a"' } },
      ],
    }),
    chunk({
      role: 'assistant',
      content: null,
      tool_calls: [{ index: 0, id: '', type: 'function', function: { name: null, arguments: ':1}' } }],
    }),
    call(1, 'call_b', 'find', '{"b"'),
    call(1, '', '', ':2}'),
    chunk({ content: '' }, 'tool_calls'),
    done,
  ],
  'from one': [
    call(1, 'call_a', 'look', '{"a":1}'),
    call(2, 'call_b', 'find', '{"b":'),
    call(2, 'call_b', 'find', '2}'),
    chunk({}, 'stop'),
    done,
  ],
  /** Gemini: whole calls, all with index 0. */
  'index 0': [
    call(0, 'call_a', 'look', '{"a":1}'),
    call(0, 'call_b', 'find', '{"b":2}'),
    chunk({ role: 'assistant' }, 'stop'),
    done,
  ],
  'no index': [
    chunk({ tool_calls: [{ id: 'call_a', function: { name: 'look', arguments: { a: 1 } } }] }),
    chunk({ tool_calls: [{ id: 'call_b', function: { name: 'find', arguments: { b: 2 } } }] }, 'stop'),
    done,
  ],
} satisfies Record<string, (object | string)[]>;
