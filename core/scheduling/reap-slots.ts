import type { SlotLease, SlotStore, SlotTable } from './slot-store.ts';

/** Leases that have ended, or that dead processes took before the host started. */
export function findDead({ leases }: SlotTable, now: number, hostStartedAt: number): [string, SlotLease][] {
  return [...leases].filter(([, lease]) => lease.until < now || lease.from < hostStartedAt);
}

/** Frees the slots of dead leases. `freed`: by this call; another may have been faster. */
export async function reapSlots(
  store: Pick<SlotStore, 'change'>,
  table: SlotTable,
  now: number,
  hostStartedAt: number,
): Promise<{ dead: number; freed: SlotLease[] }> {
  const dead = findDead(table, now, hostStartedAt);
  const freed: SlotLease[] = [];
  for (const [holder, lease] of dead)
    if ((await store.change({ holder, from: lease, to: undefined })).applied) freed.push(lease);
  return { dead: dead.length, freed };
}
