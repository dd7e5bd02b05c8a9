/** The slots of one holder, at one or more levels (`global`, `provider_<name>`, `type_<name>`). Epoch milliseconds. */
export interface SlotLease {
  levels: readonly string[];
  from: number;
  /** The slots are anybody's after this. */
  until: number;
}

/** Everything that is known of slots, as one atomic whole. */
export interface SlotTable {
  /** By holder. */
  leases: ReadonlyMap<string, SlotLease>;
  /** Slots taken of a level: what the leases add up to. */
  taken(level: string): number;
  /** Tickets that were used up because a level was full, by `parkingKey`: so many are owed. */
  parkedTickets(key: string): number;
  /** How often a task began to wait for its type; only grows, so that a change shows that someone came. */
  waits(type: string): number;
}

/** One atomic change of a holder's lease. It is applied only while all that it says of the present is true. */
export interface SlotChange {
  holder: string;
  /** The lease as the holder knows it; undefined: it has none. */
  from: SlotLease | undefined;
  /** Undefined: released. */
  to: SlotLease | undefined;
  /** Limits of the levels that `to` adds to `from`: applied only while each has a free slot. */
  limits?: Readonly<Record<string, number>> | undefined;
  /** Applied only while so many waits were counted for the type. */
  waits?: { type: string; count: number } | undefined;
  /** Applied only while no more tickets are parked than so many, by key. */
  mostParked?: Readonly<Record<string, number>> | undefined;
  /** Takes one ticket from those parked under this key: applied only while there is one. */
  unpark?: string | undefined;
}

/** `table`: after the change where it was applied, else as it was. */
export interface SlotOutcome {
  applied: boolean;
  table: SlotTable;
}

/** The table of slots in one place. Each change is one conditional write that recognises itself when it is repeated. */
export interface SlotStore {
  read(): Promise<SlotTable>;
  change(change: SlotChange): Promise<SlotOutcome>;
  /** Counts a ticket as parked, applied only while the level is full. A repeat may count it twice: one ticket too many. */
  parkTicket(key: string, level: string, limit: number): Promise<SlotOutcome>;
  /** Counts a wait for the type, applied only while its level is full. */
  countWait(type: string, level: string, limit: number): Promise<SlotOutcome>;
  /**
   * Sets the slots taken of a level to what the leases add up to, applied only while as many are counted as were seen.
   * Changes keep both equal; an earlier version did not.
   */
  recount(level: string, seen: SlotTable): Promise<boolean>;
}

/** Slots of a level that the leases add up to. */
export function countHeld({ leases }: SlotTable, level: string): number {
  return [...leases.values()].flatMap(({ levels }) => levels).filter((each) => each === level).length;
}

/** Under what a ticket of a provider is parked while a level is full. */
export function parkingKey(level: string, provider: string): string {
  return `${level}/${provider}`;
}

export function typeLevel(type: string): string {
  return `type_${type}`;
}
