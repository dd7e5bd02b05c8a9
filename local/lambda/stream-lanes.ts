// Which of a mapping's batches a record goes into. AWS spreads keys over shards and lanes by their hashes. Here one lane takes
// them as long as it is quick, for what comes at the same time is cheaper in one invocation; where that waits for somebody, the
// others take what comes meanwhile. The records of one key are in one lane at a time, in their order.
import type { Value } from '../template/cloud-assembly.ts';

export interface Lane {
  readonly records: Value[];
  running: boolean;
  /** Epoch ms of the start of the invocation under way; undefined: there is none. */
  invokedAt: number | undefined;
}

/** An invocation that takes longer waits for somebody, or has much to do. */
export const slowMs = 500;

export class StreamLanes {
  readonly #lanes: readonly Lane[];
  /** Where the records of a key are that are not done, and how many. */
  readonly #places = new Map<string, { lane: Lane; records: number }>();

  constructor(count: number) {
    this.#lanes = Array.from({ length: count }, () => ({
      records: [],
      running: false,
      invokedAt: undefined,
    }));
  }

  /** Puts a record into a lane, and answers that. */
  add(record: Value, now = Date.now()): Lane {
    const key = keyOf(record);
    const place = this.#places.get(key) ?? { lane: this.#choose(now), records: 0 };
    place.records += 1;
    this.#places.set(key, place);
    place.lane.records.push(record);
    return place.lane;
  }

  /** The function has taken them, or they were given up. */
  done(records: readonly Value[]): void {
    for (const record of records) {
      const key = keyOf(record);
      const place = this.#places.get(key);
      if (!place) continue;
      place.records -= 1;
      if (place.records === 0) this.#places.delete(key);
    }
  }

  #choose(now: number): Lane {
    const quick = this.#lanes.find(({ invokedAt }) => invokedAt === undefined || now - invokedAt < slowMs);
    if (quick) return quick;
    return this.#lanes.reduce((least, lane) => (lane.records.length < least.records.length ? lane : least));
  }
}

function keyOf(record: Value): string {
  return JSON.stringify(record.dynamodb.Keys);
}
