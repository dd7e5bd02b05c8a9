import type * as z from 'zod';
import type { Provider } from '../../core/providers/provider.ts';

/** A key belongs to a region: QWEN_BASE_URL chooses another. Limits are of the account, not of the key. */
export const qwen: z.input<typeof Provider> = {
  name: 'qwen',
  title: 'Qwen (Alibaba Cloud Model Studio)',
  dialect: 'openai',
  baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
  regions: {
    singapore: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
    virginia: 'https://dashscope-us.aliyuncs.com/compatible-mode/v1',
    beijing: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
    'hong-kong': 'https://cn-hongkong.dashscope.aliyuncs.com/compatible-mode/v1',
  },
  key: 'required',
  pricedAt: '2026-08-26',
  concurrencyLimit: 20,
  requestsPerMinute: 600,
  tokensPerMinute: 1_000_000,
  // A schema in response_format is not honoured by every model; JSON mode is, where thinking is off.
  structuredOutput: 'json_object',
  usage: {
    cachedTokens: ['prompt_tokens_details.cached_tokens'],
    reasoningTokens: ['completion_tokens_details.reasoning_tokens'],
  },
  errors: 'qwen',
  defaultModel: 'qwen3.8-flash',
  models: [
    {
      name: 'qwen3.8-flash',
      inputUsdPerMillion: 0.15,
      outputUsdPerMillion: 0.47,
      contextWindow: 991_000,
      maxOutputTokens: 128_000,
      quality: 0.76,
      // Hybrid models think by default, and thinking is billed as output.
      extraBody: { enable_thinking: false },
      typicalLatencyMs: 3_500,
    },
    {
      name: 'qwen-flash',
      inputUsdPerMillion: 0.05,
      cachedInputUsdPerMillion: 0.01,
      outputUsdPerMillion: 0.4,
      contextWindow: 1_000_000,
      maxOutputTokens: 32_768,
      quality: 0.65,
      extraBody: { enable_thinking: false },
      typicalLatencyMs: 2_500,
    },
    {
      name: 'qwen-plus',
      inputUsdPerMillion: 0.4,
      outputUsdPerMillion: 1.2,
      contextWindow: 1_000_000,
      maxOutputTokens: 32_768,
      quality: 0.75,
      extraBody: { enable_thinking: false },
      typicalLatencyMs: 4_500,
    },
    {
      name: 'qwen3.7-plus',
      inputUsdPerMillion: 0.5,
      cachedInputUsdPerMillion: 0.05,
      outputUsdPerMillion: 3,
      // Cut where it begins to cost four times as much.
      contextWindow: 256_000,
      maxOutputTokens: 65_536,
      quality: 0.82,
      extraBody: { enable_thinking: false },
      typicalLatencyMs: 5_000,
    },
    {
      name: 'qwen3.8-max',
      inputUsdPerMillion: 2,
      outputUsdPerMillion: 6,
      contextWindow: 1_000_000,
      maxOutputTokens: 65_536,
      quality: 0.92,
      // Thinks always, and JSON mode is refused while a model thinks.
      refuses: ['response_format'],
      typicalLatencyMs: 20_000,
    },
    {
      // At most ten texts a call.
      name: 'text-embedding-v4',
      kind: 'embedding',
      inputUsdPerMillion: 0.07,
      outputUsdPerMillion: 0,
      contextWindow: 8_192,
      quality: 0.7,
      typicalLatencyMs: 700,
    },
  ],
};
