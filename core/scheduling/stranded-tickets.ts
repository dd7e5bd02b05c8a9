import { chooseParked } from './parked-tickets.ts';
import { parkingKey, type SlotStore, type SlotTable } from './slot-store.ts';

/**
 * Tickets are parked at the level that was full. Where a call needs slots at two levels, a slot of one may become free, or
 * stay free, while who waits for it is served by nobody. These send such a ticket, which takes what there is or parks anew.
 */
export function createStrandedTickets(options: {
  store: Pick<SlotStore, 'change'>;
  sendTicket: (provider: string) => Promise<void>;
  random: () => number;
}) {
  const { store, sendTicket, random } = options;

  /** Answers the table as it is then. */
  async function send(finder: string, parked: { key: string; provider: string }): Promise<SlotTable> {
    const change = { holder: `${finder}-freed`, from: undefined, to: undefined, unpark: parked.key };
    const { applied, table } = await store.change(change);
    if (applied) await sendTicket(parked.provider);
    return table;
  }

  return {
    send,

    /**
     * Slots of these levels were given up for a ticket that needs not all of them: the provider's own level may have nobody
     * left who would serve those that are parked there.
     *
     * @param stay of the provider's tickets, by key, so many are not for this; absent: none
     */
    async sendOwn(
      finder: string,
      provider: string,
      levels: readonly string[],
      stay: Readonly<Record<string, number>>,
      table: SlotTable,
    ): Promise<void> {
      const level = levels.find((each) => each === `provider_${provider}`);
      if (level === undefined || table.taken(level) > 0) return;
      const key = parkingKey(level, provider);
      if (table.parkedTickets(key) > (stay[key] ?? 0)) await send(finder, { key, provider });
    },

    /** A ticket came for a slot of these levels, and was parked at another: the slot is for who else waits for it. */
    async sendOthers(
      finder: string,
      levels: Readonly<Record<string, number>>,
      providers: readonly string[],
      table: SlotTable,
    ): Promise<void> {
      const free = Object.keys(levels).filter((level) => table.taken(level) < (levels[level] ?? 0));
      const parked = chooseParked(table, free, providers, random);
      if (parked) await send(finder, parked);
    },
  };
}

export type StrandedTickets = ReturnType<typeof createStrandedTickets>;
