import type { DynamoTable } from '../../../adapters/dynamo-table.ts';

/** A table where each write is made twice, as the SDK repeats one whose answer was lost: told is the second answer. */
export function loseAnswers(table: DynamoTable): DynamoTable {
  return {
    ...table,
    put: async (...args) => {
      await table.put(...args);
      return table.put(...args);
    },
    update: async (update) => {
      await table.update(update);
      return table.update(update);
    },
    delete: async (key) => {
      await table.delete(key);
      return table.delete(key);
    },
  };
}
