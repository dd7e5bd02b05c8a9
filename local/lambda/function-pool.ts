// The execution environments of one function: reuse, cold starts, reserved concurrency, idle eviction.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
// On AWS an environment runs one event at a time. Here it takes several: a thread and its compiled code for each event
// under way are what a small machine has least of. Concurrency is counted by events, as there.
import type { MessagePort } from 'node:worker_threads';
import type { Log } from '../log.ts';
import type { ColdStarts } from './cold-starts.ts';
import { ExecutionEnvironment, type InvocationResult } from './execution-environment.ts';
import type { FunctionDefinition } from './function-definition.ts';
import type { StreamListener } from './stream-listener.ts';
import { TooManyRequestsError } from './too-many-requests-error.ts';

const idleLimitMs = 5 * 60_000;
/** How long an event waits for a busy environment before a new one is started for it. */
const scaleAfterMs = 40;
/** AWS gives 1,000 to an account; a machine with two cores is slower with a thread for every event. */
const maximumEnvironments = 100;
/** This many are started without waiting for a busy one. */
const eagerEnvironments = 2;
/** The events that one runs at a time. */
const eventsPerEnvironment = 8;

interface Waiting {
  readonly since: number;
  readonly start: (environment: ExecutionEnvironment) => void;
}

export class FunctionPool {
  readonly definition: FunctionDefinition;
  readonly #log: Log;
  readonly #coldStarts: ColdStarts;
  readonly #attachEndpoint: (port: MessagePort) => void;
  /** With the events that each was given. */
  readonly #all = new Map<ExecutionEnvironment, number>();
  /** Those that are being started. */
  readonly #unready = new Set<ExecutionEnvironment>();
  readonly #waiting: Waiting[] = [];
  readonly #onFree: (() => void)[] = [];
  #starting = 0;
  #running = 0;
  #closed = false;

  constructor(
    definition: FunctionDefinition,
    coldStarts: ColdStarts,
    log: Log,
    attachEndpoint: (port: MessagePort) => void,
  ) {
    this.definition = definition;
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

  /** Starts an environment for the first event that comes. */
  async warm(): Promise<void> {
    if (this.#all.size > 0 || this.#starting > 0) return;
    await this.#coldStarts.run(() => this.#startEnvironment(), true);
  }

  evictIdle(): void {
    const limit = Date.now() - idleLimitMs;
    for (const [environment, events] of [...this.#all])
      if (events === 0 && environment.lastUsed < limit) environment.crash();
  }

  /** Ends all environments. Returns how many events ran in them. */
  crash(): number {
    const count = [...this.#all.values()].reduce((sum, events) => sum + events, 0);
    for (const environment of [...this.#all.keys()]) environment.crash();
    return count;
  }

  /** Ends all environments and starts no other. */
  close(): void {
    this.#closed = true;
    this.crash();
  }

  #acquire(): Promise<ExecutionEnvironment> {
    const free = this.#leastBusy();
    if (free) return Promise.resolve(this.#give(free));
    return new Promise((start) => {
      this.#waiting.push({ since: Date.now(), start });
      this.#scale();
    });
  }

  #leastBusy(): ExecutionEnvironment | undefined {
    let least = eventsPerEnvironment;
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

  /**
   * Starts an environment for the oldest event that none is being started for, once a start is cheaper than more
   * waiting. With reserved concurrency it is started at once, because the limit bounds the number of threads.
   */
  #scale(): void {
    const oldest = this.#waiting[this.#starting * eventsPerEnvironment];
    if (!oldest || this.#closed || this.#all.size >= maximumEnvironments) return;
    const eager = this.definition.reservedConcurrency !== undefined || this.#all.size < eagerEnvironments;
    const early = eager ? 0 : oldest.since + scaleAfterMs - Date.now();
    if (early > 0) {
      setTimeout(() => this.#scale(), early);
      return;
    }
    if (!eager && this.#starting > 0) return;
    this.#start();
  }

  #start(): void {
    this.#starting += 1;
    const first = this.#all.size === 0 && this.#starting === 1;
    void this.#coldStarts
      .run(() => this.#startEnvironment(), first)
      .finally(() => {
        this.#starting -= 1;
        this.#scale();
      });
  }

  async #startEnvironment(): Promise<void> {
    // Environments that became free may have taken every event meanwhile.
    if ((this.#waiting.length === 0 && this.#all.size > 0) || this.#closed) return;
    const environment = new ExecutionEnvironment(this.definition, this.#log, this.#attachEndpoint, (ended) =>
      this.#all.delete(ended),
    );
    this.#all.set(environment, 0);
    this.#unready.add(environment);
    await environment.ready;
    this.#unready.delete(environment);
    // A failed start serves one event, which answers the failure.
    if (environment.ended) this.#waiting.shift()?.start(environment);
    else this.#serveWaiting(environment);
  }

  #serveWaiting(environment: ExecutionEnvironment): void {
    while ((this.#all.get(environment) ?? eventsPerEnvironment) < eventsPerEnvironment) {
      const next = this.#waiting.shift();
      if (!next) return;
      next.start(this.#give(environment));
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
