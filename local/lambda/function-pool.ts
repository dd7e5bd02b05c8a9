// The execution environments of one function: reuse, cold starts, reserved concurrency, idle eviction.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
// On AWS an environment runs one event at a time. Here it takes many, for most events wait most of the time: a thread with its
// compiled code for each of them is what a small machine has least of, each learns anew what is called often, and more threads
// than processors make none faster.
// Concurrency is counted by events, as there.
import { availableParallelism } from 'node:os';
import type { MessagePort } from 'node:worker_threads';
import type { Log } from '../log.ts';
import type { ColdStarts } from './cold-starts.ts';
import { ExecutionEnvironment, type InvocationResult } from './execution-environment.ts';
import type { FunctionDefinition } from './function-definition.ts';
import type { StreamListener } from './stream-listener.ts';
import { TooManyRequestsError } from './too-many-requests-error.ts';

const idleLimitMs = 5 * 60_000;
/** With more events each, another environment is started as long as a processor may be free for it. */
const easyEvents = 8;
/** The host's own thread needs one too. */
const processorsForFunctions = Math.max(availableParallelism() - 1, 1);
/** The events that one runs at a time: fewer than the 50 sockets that an SDK's client opens, so that none waits for one. */
const mostEvents = 32;

export class FunctionPool {
  readonly definition: FunctionDefinition;
  readonly #log: Log;
  readonly #coldStarts: ColdStarts;
  readonly #attachEndpoint: (port: MessagePort) => void;
  readonly #processors: number;
  /** With the events that each was given. */
  readonly #all = new Map<ExecutionEnvironment, number>();
  /** Threads of those that have ended, until they are gone. */
  readonly #leaving = new Set<Promise<void>>();
  /** Those that are being started. */
  readonly #unready = new Set<ExecutionEnvironment>();
  /** Events that no environment could take yet. */
  readonly #waiting: ((environment: ExecutionEnvironment) => void)[] = [];
  readonly #onFree: (() => void)[] = [];
  /** Starts that wait for their turn. */
  #queued = 0;
  #running = 0;
  #staysWarm = false;
  #closed = false;

  constructor(
    definition: FunctionDefinition,
    coldStarts: ColdStarts,
    log: Log,
    attachEndpoint: (port: MessagePort) => void,
    processors = processorsForFunctions,
  ) {
    this.definition = definition;
    this.#processors = processors;
    this.#coldStarts = coldStarts;
    this.#log = log;
    this.#attachEndpoint = attachEndpoint;
  }

  get running(): number {
    return this.#running;
  }

  /** Those that are started. */
  get environments(): number {
    return this.#all.size;
  }

  get freeSlots(): number {
    return (this.definition.reservedConcurrency ?? Number.POSITIVE_INFINITY) - this.#running;
  }

  /** Calls back whenever an invocation has ended. */
  onFree(listener: () => void): void {
    this.#onFree.push(listener);
  }

  /** Throws TooManyRequestsError at once when the reserved concurrency is used up. */
  async invoke(event: string, requestId: string, stream?: StreamListener): Promise<InvocationResult> {
    if (this.freeSlots <= 0) {
      throw new TooManyRequestsError('ReservedFunctionConcurrentInvocationLimitExceeded');
    }
    this.#running += 1;
    try {
      const environment = await this.#acquire();
      const failure = await environment.ready;
      const result = failure ?? (await environment.invoke(event, requestId, stream));
      this.#release(environment);
      return result;
    } finally {
      this.#running -= 1;
      for (const listener of this.#onFree) listener();
    }
  }

  /** Starts an environment for the first event that comes. From now on one stays, however idle. */
  async warm(): Promise<void> {
    this.#staysWarm = true;
    if (this.#all.size + this.#queued === 0) await this.#start();
  }

  evictIdle(): void {
    const limit = Date.now() - idleLimitMs;
    const idle = [...this.#all].filter(
      ([environment, events]) => events === 0 && environment.lastUsed < limit,
    );
    const staying = this.#staysWarm && idle.length === this.#all.size ? 1 : 0;
    for (const [environment] of idle.slice(staying)) environment.crash();
  }

  /** Ends all environments. Returns how many events ran in them. */
  crash(): number {
    const count = [...this.#all.values()].reduce((sum, events) => sum + events, 0);
    for (const environment of [...this.#all.keys()]) environment.crash();
    return count;
  }

  /** Ends all environments and starts no other. Resolves when their threads are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    this.crash();
    await Promise.all(this.#leaving);
  }

  #acquire(): Promise<ExecutionEnvironment> {
    const free = this.#leastBusy();
    const acquired = free
      ? Promise.resolve(this.#give(free))
      : new Promise<ExecutionEnvironment>((start) => this.#waiting.push(start));
    this.#scale();
    return acquired;
  }

  #leastBusy(): ExecutionEnvironment | undefined {
    let least = mostEvents;
    let found: ExecutionEnvironment | undefined;
    for (const [environment, events] of this.#all) {
      if (events >= least || this.#unready.has(environment)) continue;
      least = events;
      found = environment;
    }
    return found;
  }

  #give(environment: ExecutionEnvironment): ExecutionEnvironment {
    this.#all.set(environment, (this.#all.get(environment) ?? 0) + 1);
    return environment;
  }

  /** So many environments are worth their threads for the events under way. */
  get #wanted(): number {
    const forProcessors = Math.min(this.#processors, Math.ceil(this.#running / easyEvents));
    return Math.max(forProcessors, Math.ceil(this.#running / mostEvents));
  }

  /** One start at a time: what the first compiles makes the next cheaper. */
  #scale(): void {
    if (this.#closed || this.#queued + this.#unready.size > 0 || this.#all.size >= this.#wanted) return;
    if (this.#all.size > 0 || this.#waiting.length > 0) void this.#start();
  }

  async #start(): Promise<void> {
    this.#queued += 1;
    await this.#coldStarts.run(async () => {
      this.#queued -= 1;
      // Events may have ended while it waited for its turn.
      const isNeeded = this.#all.size === 0 || this.#all.size < this.#wanted;
      if (isNeeded && !this.#closed) await this.#startEnvironment();
    }, this.#all.size === 0);
    this.#scale();
  }

  async #startEnvironment(): Promise<void> {
    const environment = new ExecutionEnvironment(
      this.definition,
      this.#log,
      this.#attachEndpoint,
      (ended) => {
        this.#all.delete(ended);
        this.#leaving.add(ended.gone);
        void ended.gone.then(() => this.#leaving.delete(ended.gone));
      },
    );
    this.#all.set(environment, 0);
    this.#unready.add(environment);
    await environment.ready;
    this.#unready.delete(environment);
    // A failed start serves one event, which answers the failure.
    if (environment.ended) this.#waiting.shift()?.(environment);
    else this.#serveWaiting(environment);
  }

  #serveWaiting(environment: ExecutionEnvironment): void {
    while ((this.#all.get(environment) ?? mostEvents) < mostEvents) {
      const next = this.#waiting.shift();
      if (!next) return;
      next(this.#give(environment));
    }
  }

  #release(environment: ExecutionEnvironment): void {
    const events = this.#all.get(environment);
    if (events === undefined) {
      this.#scale();
      return;
    }
    this.#all.set(environment, events - 1);
    this.#serveWaiting(environment);
  }
}
