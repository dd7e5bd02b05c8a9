// The execution environments of one function: reuse, cold starts, reserved concurrency, idle eviction.
import type { Log } from '../log.ts';
import { ExecutionEnvironment, type InvocationResult, type StreamListener } from './execution-environment.ts';
import type { FunctionDefinition } from './function-definition.ts';
import { TooManyRequestsError } from './too-many-requests-error.ts';

const idleLimitMs = 5 * 60_000;
/** An event waits so long for a busy environment before another thread is started for it. */
const patienceMs = 40;
/** AWS gives 1,000 to an account; a machine with two cores is slower with a thread for every event. */
const maximumEnvironments = 100;
const eagerEnvironments = 2;

interface Waiting {
  readonly since: number;
  readonly start: (environment: ExecutionEnvironment) => void;
}

export class FunctionPool {
  readonly definition: FunctionDefinition;
  readonly #log: Log;
  readonly #all = new Set<ExecutionEnvironment>();
  readonly #idle: ExecutionEnvironment[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #onFree: (() => void)[] = [];
  #starting = 0;
  #running = 0;

  constructor(definition: FunctionDefinition, log: Log) {
    this.definition = definition;
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

  #acquire(): Promise<ExecutionEnvironment> {
    const idle = this.#idle.pop();
    if (idle) return Promise.resolve(idle);
    return new Promise((start) => {
      this.#waiting.push({ since: Date.now(), start });
      this.#scale();
    });
  }

  /** Starts a thread for the first in line when it pays: threads cost more than short waits. */
  #scale(): void {
    const first = this.#waiting[this.#starting];
    if (!first || this.#all.size >= maximumEnvironments) return;
    const eager = this.definition.reservedConcurrency !== undefined || this.#all.size < eagerEnvironments;
    const patience = eager ? 0 : first.since + patienceMs - Date.now();
    if (patience > 0) {
      setTimeout(() => this.#scale(), patience);
      return;
    }
    if (!eager && this.#starting > 0) return;
    this.#start();
  }

  #start(): void {
    this.#starting += 1;
    const environment = new ExecutionEnvironment(this.definition, this.#log, () => this.#forget(environment));
    this.#all.add(environment);
    void environment.ready.then(() => {
      this.#starting -= 1;
      // A failed start serves one event, which answers the failure.
      const next = this.#waiting.shift();
      if (next) next.start(environment);
      else if (!environment.ended) this.#idle.push(environment);
      this.#scale();
    });
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
