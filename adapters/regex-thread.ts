import { Worker } from 'node:worker_threads';

/** What the thread runs: one regular expression on one text at a time. The answer wakes whoever waits for it. */
const program = `
const { parentPort, workerData: { signal } } = require('node:worker_threads');
const answer = (value) => {
  Atomics.store(signal, 0, value);
  Atomics.notify(signal, 0);
};
parentPort.on('message', ({ source, text }) => {
  try {
    answer(new RegExp(source, 'u').test(text) ? 2 : 1);
  } catch {
    answer(3);
  }
});
answer(4);
`;
const answers = { 1: false, 2: true, 3: 'failed' } as const;
const started = 4;
/** A thread takes some tens of milliseconds to start, or seconds where many start at once. */
const startMs = 10_000;

export interface RegexThread {
  /** Blocks the caller until there is an answer. `late`: there was none in time. `failed`: it is too large to be run. */
  test(source: string, text: string, timeoutMs: number): boolean | 'failed' | 'late';
}

/**
 * A thread for regular expressions that may take for ever, started when it is first asked and ended when it is late:
 * nothing but the end of its thread stops V8's backtracking.
 */
export function createRegexThread(): RegexThread {
  let thread: { worker: Worker; signal: Int32Array } | undefined;

  function start() {
    const signal = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(program, {
      eval: true,
      env: {},
      execArgv: [],
      workerData: { signal },
      resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2 },
    });
    worker.unref();
    // What ends it, its heap's limit say, shows as a late answer.
    worker.on('error', () => {});
    wait(signal, 0, startMs);
    return { worker, signal };
  }

  return {
    test(source, text, timeoutMs) {
      thread ??= start();
      const { worker, signal } = thread;
      Atomics.store(signal, 0, 0);
      worker.postMessage({ source, text });
      const answer = wait(signal, 0, timeoutMs);
      if (answer === 1 || answer === 2 || answer === 3) return answers[answer];
      thread = undefined;
      void worker.terminate();
      return 'late';
    },
  };
}

/** The signal's value once it is another than `from`, or after the time. */
function wait(signal: Int32Array, from: number, timeoutMs: number): number {
  Atomics.wait(signal, 0, from, timeoutMs);
  const value = Atomics.load(signal, 0);
  return value === started ? 0 : value;
}
