import type { DeltaSink } from './delta-sink.ts';

/** One that hands each piece to all; undefined where there is none, and nobody reads along. */
export function combineSinks(...sinks: (DeltaSink | undefined)[]): DeltaSink | undefined {
  const all = sinks.filter((sink) => sink !== undefined);
  const [first, second] = all;
  if (!first || !second) return first;
  return {
    take(delta) {
      for (const sink of all) sink.take(delta);
    },
    async end() {
      await Promise.all(all.map((sink) => sink.end()));
    },
  };
}
