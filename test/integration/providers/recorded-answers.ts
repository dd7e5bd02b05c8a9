import type { TokenUsage } from '../../../core/tasks/task.ts';

/** What a server sends for one call, set down from a document or a report, as far as it tells; names and texts are shortened. */
export interface RecordedAnswer {
  /** Of the server, and where its body is from. */
  server: string;
  source: string;
  /** The provider of the catalogue by whose definition it is read. */
  provider: string;
  /** A body in one piece, or the events of a stream. */
  body?: object | string;
  events?: (object | string)[];
  content: string;
  finishReason?: string;
  usage: TokenUsage;
  /** That thoughts were left out. */
  thinks?: true;
}

const choice = (message: object, more: object = {}) => ({
  index: 0,
  message: { role: 'assistant', ...message },
  logprobs: null,
  finish_reason: 'stop',
  ...more,
});

const whole = (choices: object[], more: object) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_764_000_000,
  model: 'm',
  choices,
  ...more,
});

const chunk = (
  delta: object,
  finish_reason: string | null = null,
  more: object = {},
  inChoice: object = {},
) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_764_000_000,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason, ...inChoice }],
  ...more,
});

const usage = (prompt_tokens: number, completion_tokens: number, more: object = {}) => ({
  usage: { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens, ...more },
});

const pong = '{"word": "pong"}';

export const recordedAnswers: RecordedAnswer[] = [
  {
    server: 'OpenAI',
    source: 'developers.openai.com/api/reference/resources/chat (the chat completion object)',
    provider: 'openai',
    body: whole([choice({ content: 'Hello!', refusal: null, annotations: [] })], {
      ...usage(1_019, 410, {
        prompt_tokens_details: { cached_tokens: 1_000, audio_tokens: 0 },
        completion_tokens_details: {
          reasoning_tokens: 384,
          audio_tokens: 0,
          accepted_prediction_tokens: 0,
          rejected_prediction_tokens: 0,
        },
      }),
      service_tier: 'default',
      system_fingerprint: 'fp_1',
    }),
    content: 'Hello!',
    usage: { promptTokens: 1_019, completionTokens: 410, cachedPromptTokens: 1_000, reasoningTokens: 384 },
  },
  {
    server: 'Kimi',
    source: 'platform.kimi.ai/docs/api/chat; earendil-works/pi#8119: cached tokens beside the others',
    provider: 'kimi',
    body: whole([choice({ content: 'Hello!' })], usage(2_989, 13, { cached_tokens: 2_816 })),
    content: 'Hello!',
    usage: { promptTokens: 2_989, completionTokens: 13, cachedPromptTokens: 2_816 },
  },
  {
    server: 'Kimi, as a stream',
    source: 'AstrBotDevs/AstrBot#6614: usage inside of the choice',
    provider: 'kimi-china',
    events: [
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: ' name' }),
      chunk({ content: '?' }),
      chunk(
        {},
        'stop',
        {},
        {
          usage: {
            prompt_tokens: 1_336,
            completion_tokens: 31,
            total_tokens: 1_367,
            cached_tokens: 1_280,
            prompt_tokens_details: { cached_tokens: 1_280 },
          },
        },
      ),
      '[DONE]',
    ],
    content: 'name?',
    usage: { promptTokens: 1_336, completionTokens: 31, cachedPromptTokens: 1_280 },
  },
  {
    server: 'Qwen (DashScope, compatible mode)',
    source: 'help.aliyun.com/zh/model-studio (OpenAI-compatible chat); docs.qwencloud.com (streaming)',
    provider: 'qwen',
    events: [
      chunk({ role: 'assistant', content: null, reasoning_content: '' }, null, { usage: null }),
      chunk({ content: null, reasoning_content: 'Hm.' }, null, { usage: null }),
      chunk({ content: 'Hello!', reasoning_content: null }, null, { usage: null }),
      chunk({ content: '', reasoning_content: null }, 'stop', { usage: null }),
      {
        choices: [],
        object: 'chat.completion.chunk',
        ...usage(3_019, 104, {
          prompt_tokens_details: { cached_tokens: 2_048 },
          completion_tokens_details: { reasoning_tokens: 92 },
        }),
      },
      '[DONE]',
    ],
    content: 'Hello!',
    usage: { promptTokens: 3_019, completionTokens: 104, cachedPromptTokens: 2_048, reasoningTokens: 92 },
  },
  {
    server: 'DeepSeek',
    source: 'api-docs.deepseek.com/api/create-chat-completion',
    provider: 'deepseek',
    body: whole(
      [choice({ content: 'Hello!', reasoning_content: 'Hm.' })],
      usage(16, 110, {
        prompt_cache_hit_tokens: 10,
        prompt_cache_miss_tokens: 6,
        completion_tokens_details: { reasoning_tokens: 100 },
      }),
    ),
    content: 'Hello!',
    usage: { promptTokens: 16, completionTokens: 110, cachedPromptTokens: 10, reasoningTokens: 100 },
  },
  {
    server: 'Gemini (OpenAI-compatible)',
    source: 'mozilla-ai/any-llm#1290: thoughts are in the total alone',
    provider: 'gemini',
    body: whole([choice({ content: 'Hello!' })], {
      usage: { prompt_tokens: 20, completion_tokens: 198, total_tokens: 623 },
    }),
    content: 'Hello!',
    usage: { promptTokens: 20, completionTokens: 603 },
  },
  {
    server: 'Gemini behind a proxy',
    source: 'router-for-me/CLIProxyAPI#5733: the answer counts 0, its thoughts 60',
    provider: 'local',
    body: whole([choice({ content: 'Hello!' })], {
      usage: {
        completion_tokens: 0,
        total_tokens: 81,
        prompt_tokens: 21,
        completion_tokens_details: { reasoning_tokens: 60 },
      },
    }),
    content: 'Hello!',
    usage: { promptTokens: 21, completionTokens: 60, reasoningTokens: 60 },
  },
  {
    server: 'Anthropic (OpenAI SDK compatibility)',
    source: 'platform.claude.com/docs/en/api/openai-sdk: details of usage are always empty',
    provider: 'anthropic',
    body: whole([choice({ content: 'Hello!' })], {
      ...usage(12, 6, { prompt_tokens_details: null, completion_tokens_details: null }),
      system_fingerprint: null,
      service_tier: null,
    }),
    content: 'Hello!',
    usage: { promptTokens: 12, completionTokens: 6 },
  },
  {
    server: 'Bedrock, gpt-oss',
    source:
      'promptfoo/promptfoo#9587: thoughts stand before the answer, between <reasoning> and </reasoning>',
    provider: 'bedrock',
    body: whole([choice({ content: `<reasoning>They want JSON.</reasoning>${pong}` })], usage(126, 116)),
    content: pong,
    usage: { promptTokens: 126, completionTokens: 116 },
    thinks: true,
  },
  {
    server: 'llama.cpp',
    source: 'netclaw-dev/netclaw#614 (usage and timings side by side)',
    provider: 'local',
    body: whole([choice({ content: 'Hello!' })], {
      ...usage(11, 5),
      system_fingerprint: 'b4567',
      timings: { cache_n: 0, prompt_n: 11, prompt_ms: 139.655, predicted_n: 5, predicted_ms: 160.048 },
    }),
    content: 'Hello!',
    usage: { promptTokens: 11, completionTokens: 5 },
  },
  {
    server: 'llama.cpp, as a stream that tells timings alone',
    source: 'ggml-org/llama.cpp#15827: the prompt is prompt_n + cache_n',
    provider: 'local',
    events: [
      chunk({ role: 'assistant', content: null }),
      chunk({ content: 'Hello!' }),
      chunk({}, 'stop', { timings: { cache_n: 236, prompt_n: 1, prompt_ms: 30.958, predicted_n: 35 } }),
      '[DONE]',
    ],
    content: 'Hello!',
    usage: { promptTokens: 237, completionTokens: 35, cachedPromptTokens: 236 },
  },
  {
    server: 'Ollama',
    source: 'docs.ollama.com/api/openai-compatibility; thoughts in `reasoning`',
    provider: 'local',
    body: whole([choice({ content: 'Hello!', reasoning: 'The user says hello.' })], {
      system_fingerprint: 'fp_ollama',
      ...usage(26, 298),
    }),
    content: 'Hello!',
    usage: { promptTokens: 26, completionTokens: 298 },
  },
  {
    server: 'vLLM',
    source: 'docs.vllm.ai/en/latest/serving/openai_compatible_server.html',
    provider: 'local',
    body: whole(
      [
        choice(
          {
            content: 'Hello!',
            refusal: null,
            annotations: null,
            audio: null,
            function_call: null,
            tool_calls: [],
            reasoning: null,
          },
          { stop_reason: null, token_ids: null },
        ),
      ],
      {
        service_tier: null,
        system_fingerprint: null,
        ...usage(31, 9, { prompt_tokens_details: null }),
        prompt_logprobs: null,
        prompt_token_ids: null,
        kv_transfer_params: null,
      },
    ),
    content: 'Hello!',
    usage: { promptTokens: 31, completionTokens: 9 },
  },
  {
    server: 'vLLM without a reasoning parser',
    source: 'vllm-project/vllm#31045: the template opens the thought',
    provider: 'local',
    body: whole(
      [
        choice({
          content: `I write a draft:\n\`\`\`json\n{"word": "ping"}\n\`\`\`\nNo.\n</think>\n\n${pong}`,
        }),
      ],
      usage(31, 40),
    ),
    content: pong,
    usage: { promptTokens: 31, completionTokens: 40 },
    thinks: true,
  },
  {
    server: 'OpenRouter',
    source: 'openrouter.ai/docs/api/reference/overview (usage accounting)',
    provider: 'local',
    body: whole(
      [choice({ content: 'Hello!', refusal: null, reasoning: 'Hm.' }, { native_finish_reason: 'STOP' })],
      {
        provider: 'Google',
        ...usage(194, 2, {
          cost: 0.95,
          cost_details: { upstream_inference_cost: null },
          prompt_tokens_details: { cached_tokens: 100, cache_write_tokens: 0, audio_tokens: 0 },
          completion_tokens_details: { reasoning_tokens: 0 },
        }),
      },
    ),
    content: 'Hello!',
    usage: { promptTokens: 194, completionTokens: 2, cachedPromptTokens: 100 },
  },
  {
    server: 'OpenRouter, as a stream',
    source: 'openrouter.ai/docs/api/reference/streaming: comments while it waits',
    provider: 'local',
    events: [
      ': OPENROUTER PROCESSING',
      chunk({ role: 'assistant', content: '' }),
      ': OPENROUTER PROCESSING',
      chunk({ content: 'Hello!' }),
      chunk({ role: 'assistant', content: '' }, 'stop', usage(14, 4)),
      '[DONE]',
    ],
    content: 'Hello!',
    usage: { promptTokens: 14, completionTokens: 4 },
  },
  {
    server: 'LM Studio',
    source: 'lmstudio-ai/lmstudio-bug-tracker#601: stats is empty',
    provider: 'local',
    body: whole([choice({ content: 'Hello!', reasoning_content: '', tool_calls: [] })], {
      ...usage(24, 8),
      stats: {},
      system_fingerprint: 'qwen2.5-7b-instruct',
    }),
    content: 'Hello!',
    usage: { promptTokens: 24, completionTokens: 8 },
  },
  {
    server: 'LM Studio, as a stream',
    source: 'lmstudio-ai/lmstudio-bug-tracker#676: it tells no usage',
    provider: 'local',
    events: [chunk({ role: 'assistant', content: 'Hello!' }), chunk({}, 'stop'), '[DONE]'],
    content: 'Hello!',
    usage: { promptTokens: 2, completionTokens: 2, estimated: true },
  },
  {
    server: 'Mistral',
    source: 'docs.mistral.ai/capabilities/reasoning: typed blocks, thoughts among them',
    provider: 'local',
    body: whole(
      [
        choice(
          {
            content: [
              { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
              { type: 'text', text: 'Hello!' },
            ],
            tool_calls: null,
          },
          { finish_reason: 'model_length' },
        ),
      ],
      usage(10, 20, { prompt_audio_seconds: null, num_cached_tokens: 8 }),
    ),
    content: 'Hello!',
    finishReason: 'length',
    usage: { promptTokens: 10, completionTokens: 20, cachedPromptTokens: 8 },
  },
  {
    server: 'Groq, as a stream',
    source: 'console.groq.com/docs/api-reference: usage in x_groq',
    provider: 'local',
    events: [
      chunk({ role: 'assistant', content: '' }, null, { x_groq: { id: 'req_1' } }),
      chunk({ content: 'Hello!' }),
      chunk({}, 'stop', { x_groq: { id: 'req_1', ...usage(18, 6, { queue_time: 0.03 }) } }),
      '[DONE]',
    ],
    content: 'Hello!',
    usage: { promptTokens: 18, completionTokens: 6 },
  },
  {
    server: 'gpt-oss behind a server without a harmony parser',
    source: 'github.com/openai/harmony (format of the channels)',
    provider: 'local',
    events: [
      chunk({ content: '<|chan' }),
      chunk({ content: 'nel|>analysis<|mess' }),
      chunk({ content: 'age|>They want JSON.<|end|><|start|>assi' }),
      chunk({ content: 'stant<|channel|>final<|message|>' }),
      chunk({ content: pong }),
      chunk({}, 'stop', usage(20, 30)),
      '[DONE]',
    ],
    content: pong,
    usage: { promptTokens: 20, completionTokens: 30 },
    thinks: true,
  },
  {
    server: 'the simulation',
    source: 'adapters/simulated-language-model.ts; of a server that answers as it does',
    provider: 'simulated',
    body: whole([choice({ content: 'Hello!' })], usage(9, 2)),
    content: 'Hello!',
    usage: { promptTokens: 9, completionTokens: 2 },
  },
];
