import type { LastWill } from '../../../core/scheduling/last-will.ts';

/** For workers that do not hang. */
export const noLastWill: LastWill = { set: async () => {}, clear: () => {} };
