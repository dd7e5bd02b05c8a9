import type { Semaphore } from './semaphore.ts';
import type { TaskMessage } from './task-queues.ts';

export interface SlotSettings {
  provider: string;
  /** Set where reserved concurrency does not hold the provider's limit. */
  providerLimit?: number | undefined;
  globalLimit?: number | undefined;
  typeLimits: Record<string, number>;
}

export interface Slots {
  /** A place at the levels that need no task; waits a little for one, since only this worker's Lambda waits with it. */
  enter(leaseId: string): Promise<boolean>;
  /** A place for the task's type besides. */
  enterType(leaseId: string, message: TaskMessage): Promise<boolean>;
  renew(leaseId: string): Promise<void>;
  leave(leaseId: string): Promise<void>;
}

/** A lease outlives two lost renewals (every 20 s); a crashed worker's places are back after it. */
const leaseMs = 60_000;
const patienceMs = 3_000;
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
  const entered = new Set<string>();

  return {
    async enter(leaseId) {
      if (!limited) return true;
      const giveUpAt = clock() + patienceMs;
      for (;;) {
        const now = clock();
        const outcome = await semaphore.acquire(leaseId, levels, now, now + leaseMs);
        if (outcome.acquired) {
          entered.add(leaseId);
          return true;
        }
        if (now >= giveUpAt) return false;
        await sleep(lookAgainMs * (1 + random()));
      }
    },

    async enterType(leaseId, { type }) {
      const limit = settings.typeLimits[type];
      if (limit === undefined) return true;
      const now = clock();
      const level = `type_${type}`;
      const outcome = entered.has(leaseId)
        ? await semaphore.extend(leaseId, level, limit, now, now + leaseMs)
        : await semaphore.acquire(leaseId, { [level]: limit }, now, now + leaseMs);
      if (outcome.acquired) entered.add(leaseId);
      return outcome.acquired;
    },

    async renew(leaseId) {
      if (entered.has(leaseId)) await semaphore.renew(leaseId, clock() + leaseMs);
    },

    async leave(leaseId) {
      if (entered.delete(leaseId)) await semaphore.release(leaseId);
    },
  };
}
