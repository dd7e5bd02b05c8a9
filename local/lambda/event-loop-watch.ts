/**
 * A thread without a mark of life for so many seconds hangs. Later than a function's own watchdog, which on AWS ends the
 * process (adapters/watchdog.ts).
 */
const secondsUntilEnd = 8;

/** Notices where the event loop of another thread hangs, which would keep a slot for as long as the function's timeout. */
export class EventLoopWatch {
  /** Counted up by that thread several times a second. */
  readonly beats = new Int32Array(new SharedArrayBuffer(4));

  /** Watches until the function that is returned is called. */
  start(onHang: () => void): () => void {
    let seen = -1;
    let silent = 0;
    const timer = setInterval(() => {
      const beat = Atomics.load(this.beats, 0);
      silent = beat === seen ? silent + 1 : 0;
      seen = beat;
      if (silent >= secondsUntilEnd) onHang();
    }, 1_000);
    return () => clearInterval(timer);
  }
}
