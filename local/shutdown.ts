/** What a start has begun, to be ended in reverse. */
export class Shutdown {
  readonly #stops: (() => void)[] = [];
  readonly #closes: (() => Promise<void> | void)[] = [];

  /** Registers what must begin no more work: timers and pollers. */
  onStop(stop: () => void): void {
    this.#stops.push(stop);
  }

  /** Registers what running work still needs: servers and databases. */
  onClose(close: () => Promise<void> | void): void {
    this.#closes.push(close);
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  /** Stops, then closes the youngest first. */
  async close(): Promise<void> {
    this.stop();
    for (const close of this.#closes.splice(0).reverse()) await close();
  }
}
