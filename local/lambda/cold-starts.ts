// Bounds how many cold starts run at a time. A cold start is all CPU: many at once make each other slow, so that
// none is ready soon.
import { availableParallelism } from 'node:os';

export class ColdStarts {
  #free = Math.max(2, availableParallelism());
  readonly #waiting: (() => void)[] = [];

  /** Runs a start once one may. @param first goes before others, for a function that has no environment yet */
  async run(start: () => Promise<void>, first: boolean): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else {
      await new Promise<void>((resolve) => {
        if (first) this.#waiting.unshift(resolve);
        else this.#waiting.push(resolve);
      });
    }
    try {
      await start();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}
