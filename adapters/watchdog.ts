import { Worker } from 'node:worker_threads';
import type { SignedRequest } from './signing-dynamo-client.ts';

/** Marks of life a second; the watchdog counts its own seconds without one, so that a frozen environment is not taken for a hanging one. */
const beatMs = 250;
/** Far longer than any computation of ours takes, or a garbage collection. */
const secondsUntilEnd = 5;

const program = `
const { parentPort, workerData: { beats, seconds, kills } } = require('node:worker_threads');
const requests = new Map();
let seen = -1;
let silent = 0;
parentPort.on('message', ({ name, request }) => {
  if (request) requests.set(name, request);
  else requests.delete(name);
});
setInterval(async () => {
  const beat = Atomics.load(beats, 0);
  silent = beat === seen ? silent + 1 : 0;
  seen = beat;
  if (silent !== seconds) return;
  const sent = [...requests.values()].map(({ url, method, headers, body }) =>
    fetch(url, { method, headers, body, signal: AbortSignal.timeout(2000) }).then((answer) => answer.text()));
  await Promise.allSettled(sent);
  if (Atomics.load(beats, 0) !== seen) return;
  require('node:fs').writeSync(2, JSON.stringify({ level: 'ERROR', message: 'The event loop hangs: the process is ended' }) + '\\n');
  if (kills) process.kill(process.pid, 'SIGKILL');
}, 1000);
`;

export interface Watchdog {
  /** What it sends if the event loop hangs, in place of what it had under this name; undefined: nothing. */
  entrust(name: string, request: SignedRequest | undefined): void;
}

/**
 * Watches the event loop of its own thread from another. When that hangs for five seconds it sends what it was entrusted
 * with, and ends the process: Lambda starts a new one for the next invocation. Its thread starts with the first request
 * that it is entrusted with: nothing of a caller's runs before.
 *
 * @param kills false where threads of others are in the process: the local host ends the environment
 */
export function createWatchdog(options: { kills: boolean; onError: (error: unknown) => void }): Watchdog {
  let worker: Worker | undefined;
  return {
    entrust(name, request) {
      if (request) worker ??= startWatching(options);
      worker?.postMessage({ name, request });
    },
  };
}

function startWatching({ kills, onError }: Parameters<typeof createWatchdog>[0]): Worker {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(program, {
    eval: true,
    env: {},
    execArgv: [],
    workerData: { beats, seconds: secondsUntilEnd, kills },
    resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 },
  });
  worker.unref();
  // Work goes on unwatched.
  worker.on('error', onError);
  setInterval(() => Atomics.add(beats, 0, 1), beatMs).unref();
  return worker;
}
