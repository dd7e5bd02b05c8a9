import type { Suspicions, SweepState } from '../../../core/scheduling/sweep-state.ts';

export function createMemorySweepState(): SweepState {
  const kept = new Map<string, Suspicions>();
  const known = new Set<string>();
  return {
    read: async (provider) => kept.get(provider),
    async write(provider, suspicions) {
      kept.set(provider, suspicions);
    },
    setGauges: async () => {},
    async rememberProviders(names) {
      for (const name of names) known.add(name);
      return [...known];
    },
  };
}
