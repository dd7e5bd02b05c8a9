import { parkingKey, type SlotTable } from './slot-store.ts';

/** Whose parked ticket is served next: each provider in proportion to how many it has. */
export function chooseParked(
  table: SlotTable,
  levels: readonly string[],
  providers: readonly string[],
  random: () => number,
): { key: string; provider: string } | undefined {
  const parked = levels.flatMap((level) =>
    providers.map((provider) => {
      const key = parkingKey(level, provider);
      return { key, provider, count: table.parkedTickets(key) };
    }),
  );
  const owed = parked.filter(({ count }) => count > 0);
  let left = random() * owed.reduce((sum, { count }) => sum + count, 0);
  for (const each of owed) {
    left -= each.count;
    if (left < 0) return each;
  }
  return owed.at(-1);
}
