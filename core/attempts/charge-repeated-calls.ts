import type { LanguageModel } from './language-model.ts';

/**
 * A ticket's turn is good for one call. An attempt that calls again (to have its answer repaired) goes at once, and
 * tells `charge`. An attempt is known by its abort signal, which it shares with no other.
 */
export function countRepeats(model: LanguageModel, charge: () => Promise<void>): LanguageModel {
  const called = new WeakSet<AbortSignal>();
  return {
    async complete(request) {
      if (called.has(request.signal)) await charge();
      called.add(request.signal);
      return model.complete(request);
    },
  };
}
