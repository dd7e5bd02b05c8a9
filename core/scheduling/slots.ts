import { slotLeaseMs } from './hold-times.ts';
import type { Semaphore } from './semaphore.ts';
import type { TaskMessage } from './task-message.ts';

export interface SlotSettings {
  provider: string;
  /** Set where reserved concurrency does not hold the provider's limit. */
  providerLimit?: number | undefined;
  globalLimit?: number | undefined;
  typeLimits: Record<string, number>;
}

export interface Slots {
  /** A place at the levels that need no task; waits a little for one, since only this worker's Lambda waits with it. */
  acquire(leaseId: string): Promise<boolean>;
  /** A place for the task's type besides. */
  acquireType(leaseId: string, message: TaskMessage): Promise<boolean>;
  renew(leaseId: string): Promise<void>;
  release(leaseId: string): Promise<void>;
}

/** Waiting here costs a Lambda; not waiting, a round through the ticket queue of at least a second. */
const waitForSlotMs = 3_000;
const lookAgainMs = 100;

/** Global, provider and task-type limits by one semaphore; without a limit there is no request. */
export function createSlots(options: {
  semaphore: Semaphore;
  settings: SlotSettings;
  clock: () => number;
  sleep: (milliseconds: number) => Promise<unknown>;
  random: () => number;
}): Slots {
  const { semaphore, settings, clock, sleep, random } = options;
  const levels: Record<string, number> = {};
  if (settings.globalLimit !== undefined) levels.global = settings.globalLimit;
  if (settings.providerLimit !== undefined) levels[`provider_${settings.provider}`] = settings.providerLimit;
  const limited = Object.keys(levels).length > 0;
  const held = new Set<string>();

  return {
    async acquire(leaseId) {
      if (!limited) return true;
      const giveUpAt = clock() + waitForSlotMs;
      for (;;) {
        const now = clock();
        const outcome = await semaphore.acquire(leaseId, levels, now, now + slotLeaseMs);
        if (outcome.acquired) {
          held.add(leaseId);
          return true;
        }
        if (now >= giveUpAt) return false;
        await sleep(lookAgainMs * (1 + random()));
      }
    },

    async acquireType(leaseId, { type }) {
      const limit = settings.typeLimits[type];
      if (limit === undefined) return true;
      const now = clock();
      const level = `type_${type}`;
      const outcome = held.has(leaseId)
        ? await semaphore.extend(leaseId, level, limit, now, now + slotLeaseMs)
        : await semaphore.acquire(leaseId, { [level]: limit }, now, now + slotLeaseMs);
      if (outcome.acquired) held.add(leaseId);
      return outcome.acquired;
    },

    async renew(leaseId) {
      if (held.has(leaseId)) await semaphore.renew(leaseId, clock() + slotLeaseMs);
    },

    async release(leaseId) {
      if (held.delete(leaseId)) await semaphore.release(leaseId);
    },
  };
}
