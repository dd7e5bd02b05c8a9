import type { HeldSlots } from './held-slots.ts';
import type { createSlotHeirs } from './slot-heirs.ts';
import type { SlotSettings } from './slot-settings.ts';
import { typeLevel } from './slot-store.ts';
import type { WaitingTask, WaitingTasks } from './waiting-tasks.ts';

/** Among so many one of another provider is looked for, where this provider can start nothing. */
const waitingLookedAt = 20;

/** The tasks that wait for a slot of their type, as whoever frees one sees them. */
export interface TypeWaits {
  /** @param servesOwn whether one of this provider will do */
  next(type: string, servesOwn: boolean): Promise<WaitingTask | undefined>;
  /** After the slot of its type was given up: it is kept for the task, which is shown. */
  handOver(type: string, task: WaitingTask): Promise<void>;
  wake(type: string, task: WaitingTask): Promise<void>;
}

export function createTypeWaits(options: {
  settings: SlotSettings;
  waiting: WaitingTasks;
  heirs: Pick<ReturnType<typeof createSlotHeirs>, 'keepFor'>;
  held: Pick<HeldSlots, 'leaseOf'>;
  wake: (waiting: WaitingTask) => Promise<void>;
}): TypeWaits {
  const { settings, waiting, heirs, held } = options;

  async function wake(type: string, task: WaitingTask): Promise<void> {
    await options.wake(task);
    await waiting.remove(type, task);
  }

  return {
    async next(type, servesOwn) {
      const found = await waiting.list(type, servesOwn ? 1 : waitingLookedAt);
      return found.find(({ provider }) => servesOwn || provider !== settings.provider);
    },

    async handOver(type, task) {
      const level = typeLevel(type);
      const limit = settings.typeLimits[type] ?? 0;
      await heirs.keepFor(task.received.message.taskId, level, limit, held.leaseOf([level]));
      await wake(type, task);
    },

    wake,
  };
}
