import { Worker } from 'node:worker_threads';

const answers = { 1: false, 2: true, 3: 'failed' } as const;
/** The thread runs, and was asked nothing yet. */
const started = 4;
const asked = 5;

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
answer(${started});
`;
/** A thread takes some tens of milliseconds to start, or seconds where many start at once. */
const startMs = 30_000;
/** For a thread that was not waited for: longer would look as if the caller hangs. */
const hurriedStartMs = 2_000;

export interface RegexThread {
  /** Starts it where it does not run. Never rejects. */
  ready(): Promise<void>;
  /** Blocks the caller until there is an answer. `late`: there was none in time. `failed`: it is too large to be run. */
  test(source: string, text: string, timeoutMs: number): boolean | 'failed' | 'late';
}

interface Thread {
  worker: Worker;
  signal: Int32Array;
}

/**
 * A thread for regular expressions that may take for ever, started when it is first asked and ended when it is late:
 * nothing but the end of its thread stops V8's backtracking.
 */
export function createRegexThread(): RegexThread {
  let thread: Thread | undefined;

  function start(): Thread {
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
    return { worker, signal };
  }

  return {
    async ready() {
      thread ??= start();
      const starting = Atomics.waitAsync(thread.signal, 0, 0, startMs);
      if (!starting.async) return;
      // Nothing else may be keeping the process running.
      const holding = setTimeout(() => {}, startMs);
      await starting.value;
      clearTimeout(holding);
    },

    test(source, text, timeoutMs) {
      thread ??= start();
      const { worker, signal } = thread;
      Atomics.wait(signal, 0, 0, hurriedStartMs);
      Atomics.store(signal, 0, asked);
      worker.postMessage({ source, text });
      Atomics.wait(signal, 0, asked, timeoutMs);
      const answer = Atomics.load(signal, 0);
      if (answer === 1 || answer === 2 || answer === 3) return answers[answer];
      thread = undefined;
      void worker.terminate();
      return 'late';
    },
  };
}
