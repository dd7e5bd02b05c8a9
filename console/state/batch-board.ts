import type { Batch } from '../../client/wire.ts';

export interface BatchRow {
  readonly id: string;
  /** Undefined before it was read. */
  batch: Batch | undefined;
  /** Why it could not be read. */
  fault: string | undefined;
  /** Name of the file it was handed in from. */
  source: string | undefined;
  /** Lines that the service did not take. */
  rejected: { line: number; message: string }[];
  /** Something of it changed since it was last read. */
  isStale: boolean;
}

/** Batches of the page: handed in here, told of by an event, or asked for by id. The newest first, the oldest ended forgotten. */
export class BatchBoard {
  readonly #rows = new Map<string, BatchRow>();
  readonly #most: number;

  constructor(most = 100) {
    this.#most = most;
  }

  get(id: string): BatchRow | undefined {
    return this.#rows.get(id);
  }

  list(): BatchRow[] {
    return [...this.#rows.values()].reverse();
  }

  /** A batch that has ended is not asked for again. */
  toRead(most: number): string[] {
    return this.list()
      .filter(({ batch, isStale, fault }) => isStale && !fault && batch?.status !== 'completed')
      .slice(0, most)
      .map(({ id }) => id);
  }

  /** Of an event, or by its id. */
  tell(id: string): BatchRow {
    const known = this.#rows.get(id);
    if (known) {
      known.isStale = true;
      return known;
    }
    const row: BatchRow = {
      id,
      batch: undefined,
      fault: undefined,
      source: undefined,
      rejected: [],
      isStale: true,
    };
    this.#rows.set(id, row);
    this.#forget();
    return row;
  }

  read(id: string, batch: Batch): void {
    const row = this.tell(id);
    // Counts that were read earlier may come later.
    if (row.batch?.status === 'completed') return;
    row.batch = batch;
    row.fault = undefined;
    row.isStale = false;
  }

  fail(id: string, fault: string): void {
    const row = this.#rows.get(id);
    if (row) row.fault = fault;
  }

  #forget(): void {
    for (const [id, { batch, source }] of this.#rows) {
      if (this.#rows.size <= this.#most) return;
      if (source === undefined || batch?.status === 'completed') this.#rows.delete(id);
    }
  }
}
