// The execution environments of one function: reuse, cold starts, reserved concurrency, idle eviction.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
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

interface Waiting {
  readonly since: number;
  readonly start: (environment: ExecutionEnvironment) => void;
}

export class FunctionPool {
  readonly definition: FunctionDefinition;
  readonly #log: Log;
  readonly #coldStarts: ColdStarts;
  readonly #all = new Set<ExecutionEnvironment>();
  readonly #idle: ExecutionEnvironment[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #onFree: (() => void)[] = [];
  #starting = 0;
  #running = 0;
  #closed = false;

  constructor(definition: FunctionDefinition, coldStarts: ColdStarts, log: Log) {
    this.definition = definition;
    this.#coldStarts = coldStarts;
    this.#log = log;
  }

  get running(): number {
    return this.#running;
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

  evictIdle(): void {
    const limit = Date.now() - idleLimitMs;
    for (const environment of [...this.#idle]) if (environment.lastUsed < limit) environment.crash();
  }

  crash(): number {
    const count = this.#all.size;
    for (const environment of [...this.#all]) environment.crash();
    return count;
  }

  /** Ends all environments and starts no other. */
  close(): void {
    this.#closed = true;
    this.crash();
  }

  #acquire(): Promise<ExecutionEnvironment> {
    const idle = this.#idle.pop();
    if (idle) return Promise.resolve(idle);
    return new Promise((start) => {
      this.#waiting.push({ since: Date.now(), start });
      this.#scale();
    });
  }

  /**
   * Starts an environment for the oldest event that none is being started for, once a start is cheaper than more
   * waiting. With reserved concurrency it is started at once, because the limit bounds the number of threads.
   */
  #scale(): void {
    const oldest = this.#waiting[this.#starting];
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
    if (this.#waiting.length === 0 || this.#closed) return;
    const environment = new ExecutionEnvironment(this.definition, this.#log, (ended) => this.#forget(ended));
    this.#all.add(environment);
    await environment.ready;
    const next = this.#waiting.shift();
    // A failed start serves one event, which answers the failure.
    if (next) next.start(environment);
    else if (!environment.ended) this.#idle.push(environment);
  }

  #release(environment: ExecutionEnvironment): void {
    if (environment.ended) {
      this.#scale();
      return;
    }
    const next = this.#waiting.shift();
    if (next) next.start(environment);
    else this.#idle.push(environment);
  }

  #forget(environment: ExecutionEnvironment): void {
    this.#all.delete(environment);
    const index = this.#idle.indexOf(environment);
    if (index >= 0) this.#idle.splice(index, 1);
  }
}
