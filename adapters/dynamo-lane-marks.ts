import type { DynamoTable } from './dynamo-table.ts';
import { healthKey } from './provider-health-item.ts';

/** The attribute of a provider's health that says that its lanes may have tasks: when one was added last. */
export const laneMark = 'lanes_at';

/** What tells every worker at no cost that there are lanes to look into: it reads the provider's health anyway. */
export function createLaneMarks(table: DynamoTable, clock: () => number) {
  // Two marks of one millisecond are to differ.
  const mark = () => clock() + Math.random();
  return {
    async set(provider: string): Promise<void> {
      await table.update({ key: healthKey(provider), set: { [laneMark]: mark() } });
    },

    async setMissing(provider: string): Promise<void> {
      await table.update({
        key: healthKey(provider),
        set: { [laneMark]: mark() },
        condition: `attribute_not_exists(#${laneMark})`,
      });
    },

    /** False: it was set again since it was seen. */
    async clear(provider: string, seen: number): Promise<boolean> {
      const outcome = await table.update({
        key: healthKey(provider),
        remove: [laneMark],
        condition: `#${laneMark} = :seen`,
        values: { seen },
      });
      return outcome.applied;
    },
  };
}
