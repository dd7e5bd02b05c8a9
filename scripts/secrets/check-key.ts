import { createLanguageModel } from '../../adapters/language-models.ts';
import { readProviderNumbers } from '../../config/provider-variables.ts';
import { ProviderFailure } from '../../core/attempts/provider-failure.ts';
import type { Provider, ProviderModel } from '../../core/providers/provider.ts';

const patienceMs = 30_000;
/** Fewer are refused by some. */
const answerTokens = 16;

export interface KeyCheck {
  isTaken: boolean;
  /** A sentence without its subject. */
  told: string;
}

/** Tries a key by the provider's cheapest call: one word to its cheapest model. */
export async function checkKey(
  provider: Provider,
  key: string,
  variables: Record<string, string | undefined> = process.env,
): Promise<KeyCheck> {
  const { baseUrl } = readProviderNumbers(provider, variables).numbers;
  const model = createLanguageModel({
    provider,
    baseUrl,
    readKey: async () => key,
    now: Date.now,
    random: Math.random,
  });
  try {
    await model.complete({
      model: cheapestOf(provider).name,
      messages: [{ role: 'user', content: 'Hi' }],
      maxTokens: answerTokens,
      signal: AbortSignal.timeout(patienceMs),
    });
    return { isTaken: true, told: 'is taken' };
  } catch (error) {
    return explain(error);
  }
}

function explain(error: unknown): KeyCheck {
  if (!(error instanceof ProviderFailure))
    return { isTaken: false, told: `could not be tried: ${(error as Error).message}` };
  if (error.kind === 'auth') return { isTaken: false, told: `is refused: ${error.message}` };
  if (error.kind === 'quota') return { isTaken: true, told: 'is taken, but its account has nothing left' };
  if (error.kind === 'rate_limited') return { isTaken: true, told: 'is taken, but its rate is used up' };
  return { isTaken: false, told: `could not be tried: ${error.message}` };
}

function cheapestOf({ models, defaultModel }: Provider): ProviderModel {
  const chats = models.filter(({ kind }) => kind === 'chat');
  const price = (model: ProviderModel) => model.inputUsdPerMillion + model.outputUsdPerMillion;
  const [cheapest] = chats.toSorted((a, b) => price(a) - price(b));
  return cheapest ?? (models.find(({ name }) => name === defaultModel) as ProviderModel);
}
