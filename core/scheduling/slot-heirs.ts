import type { SlotLease, SlotStore, SlotTable } from './slot-store.ts';

/**
 * A slot of a type that goes to a task at another provider is held in the task's own name until a worker there has
 * received it: else the next fresh ticket of whoever gave it up would take it, and the task would be received in vain, over
 * and over. What is never fetched ends as any lease of the dead.
 */
export function createSlotHeirs(store: Pick<SlotStore, 'change'>) {
  const nameOf = (taskId: string) => `for-${taskId}`;
  return {
    /** Refused where somebody was faster: then the task waits anew. */
    async keepFor(taskId: string, level: string, limit: number, lease: SlotLease): Promise<void> {
      await store.change({ holder: nameOf(taskId), from: undefined, to: lease, limits: { [level]: limit } });
    },
    /** Frees what is kept for the task, now that it has come. Answers whether there was anything. */
    async free(taskId: string, table: SlotTable): Promise<boolean> {
      const holder = nameOf(taskId);
      const lease = table.leases.get(holder);
      return lease !== undefined && (await store.change({ holder, from: lease, to: undefined })).applied;
    },
  };
}
