import type * as z from 'zod';
import type { Provider } from '../../core/providers/provider.ts';

/**
 * Amazon Bedrock by its OpenAI-compatible endpoint
 * (docs.aws.amazon.com/bedrock/latest/userguide/inference-chat-completions.html) with a Bedrock API key as
 * BEDROCK_API_KEY. BEDROCK_BASE_URL names another region.
 */
export const bedrock: z.input<typeof Provider> = {
  name: 'bedrock',
  title: 'Amazon Bedrock',
  dialect: 'openai',
  baseUrl: 'https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1',
  regions: {
    'us-east-1': 'https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1',
    'us-west-2': 'https://bedrock-runtime.us-west-2.amazonaws.com/openai/v1',
    'eu-central-1': 'https://bedrock-runtime.eu-central-1.amazonaws.com/openai/v1',
  },
  key: 'required',
  pricedAt: '2026-08-01',
  concurrencyLimit: 10,
  structuredOutput: 'prompt',
  errors: 'bedrock',
  defaultModel: 'openai.gpt-oss-120b-1:0',
  models: [
    {
      name: 'openai.gpt-oss-120b-1:0',
      inputUsdPerMillion: 0.15,
      outputUsdPerMillion: 0.6,
      contextWindow: 128_000,
      quality: 0.74,
      typicalLatencyMs: 4_000,
    },
    {
      name: 'openai.gpt-oss-20b-1:0',
      inputUsdPerMillion: 0.07,
      outputUsdPerMillion: 0.3,
      contextWindow: 128_000,
      quality: 0.62,
      typicalLatencyMs: 2_500,
    },
  ],
};
