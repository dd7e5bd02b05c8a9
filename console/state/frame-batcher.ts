/** Gathers what comes and hands it on at once, so that many changes cost one drawing. */
export class FrameBatcher<T> {
  readonly #flush: (items: T[]) => void;
  readonly #schedule: (run: () => void) => void;
  readonly #most: number;
  #items: T[] = [];
  #isScheduled = false;

  /**
   * @param schedule calls back before the next drawing. Pages in the background may not draw for long.
   * @param most items that wait at most; more are handed on without waiting
   */
  constructor(flush: (items: T[]) => void, schedule: (run: () => void) => void, most = 1_000) {
    this.#flush = flush;
    this.#schedule = schedule;
    this.#most = most;
  }

  add(item: T): void {
    this.#items.push(item);
    if (this.#items.length >= this.#most) this.#hand();
    else if (!this.#isScheduled) {
      this.#isScheduled = true;
      this.#schedule(() => {
        this.#isScheduled = false;
        this.#hand();
      });
    }
  }

  #hand(): void {
    if (this.#items.length === 0) return;
    const items = this.#items;
    this.#items = [];
    this.#flush(items);
  }
}
