import * as z from 'zod';
import { Provider } from '../core/providers/provider.ts';
import { anthropic } from './providers/anthropic.ts';
import { bedrock } from './providers/bedrock.ts';
import { deepseek } from './providers/deepseek.ts';
import { gemini } from './providers/gemini.ts';
import { kimi, kimiChina } from './providers/kimi.ts';
import { local } from './providers/local.ts';
import { openai } from './providers/openai.ts';
import { qwen } from './providers/qwen.ts';
import { simulated } from './providers/simulated.ts';

/** The catalogue: every provider that the service knows. docs/adding-a-provider.md says how to add one. */
export const providers: readonly Provider[] = z
  .array(Provider)
  .parse([kimi, kimiChina, openai, qwen, deepseek, gemini, anthropic, bedrock, local, simulated]);

/** The definition of this name; undefined where the catalogue has none. */
export function findProvider(name: string): Provider | undefined {
  return providers.find((provider) => provider.name === name);
}
