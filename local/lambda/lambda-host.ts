// The Lambda service: scaling and concurrency after
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html, asynchronous invocation after
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
import { randomUUID } from 'node:crypto';
import type { MessagePort } from 'node:worker_threads';
import type { Log } from '../log.ts';
import type { RequestObservers } from '../requests/request-observers.ts';
import { ColdStarts } from './cold-starts.ts';
import type { InvocationResult } from './execution-environment.ts';
import type { FunctionDefinition } from './function-definition.ts';
import { FunctionPool } from './function-pool.ts';
import type { StreamListener } from './stream-listener.ts';
import { TooManyRequestsError } from './too-many-requests-error.ts';

/** An asynchronous event that failed runs again after each of these. */
const retryDelaysMs = [60_000, 120_000];
const maximumPayloadBytes = 6 * 1024 * 1024;

export class LambdaHost {
  readonly #pools = new Map<string, FunctionPool>();
  readonly #coldStarts = new ColdStarts();
  readonly #log: Log;
  readonly #observers: RequestObservers;
  readonly #attachEndpoint: (port: MessagePort) => void;
  readonly #sweep: NodeJS.Timeout;
  #closing = false;

  /** @param attachEndpoint answers the calls to AWS of an execution environment */
  constructor(log: Log, observers: RequestObservers, attachEndpoint: (port: MessagePort) => void) {
    this.#log = log;
    this.#observers = observers;
    this.#attachEndpoint = attachEndpoint;
    this.#sweep = setInterval(() => {
      for (const pool of this.#pools.values()) pool.evictIdle();
    }, 30_000);
    this.#sweep.unref();
  }

  add(definition: FunctionDefinition): void {
    const pool = new FunctionPool(definition, this.#coldStarts, this.#log, this.#attachEndpoint);
    this.#pools.set(definition.name, pool);
  }

  /** By name or ARN. Throws where there is none. */
  definition(nameOrArn: string): FunctionDefinition {
    return this.#pool(nameOrArn).definition;
  }

  has(nameOrArn: string): boolean {
    return this.#pools.has(functionName(nameOrArn));
  }

  /** Free slots under the reserved concurrency; Infinity without one. */
  freeSlots(nameOrArn: string): number {
    return this.#pool(nameOrArn).freeSlots;
  }

  /** Calls back whenever an invocation of the function has ended, whoever asked for it. */
  onFree(nameOrArn: string, listener: () => void): void {
    this.#pool(nameOrArn).onFree(listener);
  }

  /**
   * Starts an environment of each function, which stays, so that no first event need wait for one. Two at a time, so that what
   * is called meanwhile has not all of them before it.
   */
  async warm(names: readonly string[]): Promise<void> {
    const left = names.values();
    const startEach = async () => {
      for (const name of left) await this.#pool(name).warm();
    };
    await Promise.all([startEach(), startEach()]);
  }

  /** Runs an event and waits for its result. Throws TooManyRequestsError when no slot is free. */
  async invoke(nameOrArn: string, payload: string, stream?: StreamListener): Promise<InvocationResult> {
    const pool = this.#pool(nameOrArn);
    const result = await pool.invoke(payload, randomUUID(), stream);
    if (this.#observers.active) {
      const { name: caller, memoryMb } = pool.definition;
      const { durationMs = 0, cpuMs = 0 } = result;
      const run = { durationMs, cpuMs, memoryMb };
      this.#observers.tell({ kind: 'invocation', service: 'lambda', operation: 'invocation', caller, run });
    }
    if (result.functionError && !this.#closing) this.#logFailure(pool.definition.name, result.payload);
    if (Buffer.byteLength(result.payload) <= maximumPayloadBytes) return result;
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${maximumPayloadBytes + 100} bytes).`;
    return {
      functionError: 'Unhandled',
      payload: JSON.stringify({ errorType: 'Function.ResponseSizeTooLarge', errorMessage }),
    };
  }

  /** Runs an event in the background, and again when it fails. Unlike AWS, a stop of the host loses it. */
  invokeAsync(nameOrArn: string, payload: string): void {
    void this.#runAsync(functionName(nameOrArn), payload);
  }

  /** Ends every thread whose function's name matches, as crashes would. Returns how many events ran in them. */
  crash(pattern: RegExp): number {
    let crashed = 0;
    for (const [name, pool] of this.#pools) if (pattern.test(name)) crashed += pool.crash();
    return crashed;
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#sweep);
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
  }

  /** Invocations under way. */
  get running(): number {
    return [...this.#pools.values()].reduce((sum, pool) => sum + pool.running, 0);
  }

  /** As the runtime writes an unhandled error to the function's log. */
  #logFailure(name: string, payload: string): void {
    const { errorType, errorMessage, trace = [] } = JSON.parse(payload);
    const where = trace.find((line: string) => line.trim().startsWith('at '))?.trim() ?? '';
    this.#log.warn(`[${name}] ${errorType}: ${errorMessage} ${where}`.trimEnd());
  }

  #pool(nameOrArn: string): FunctionPool {
    const pool = this.#pools.get(functionName(nameOrArn));
    if (!pool) throw new Error(`Function not found: ${nameOrArn}`);
    return pool;
  }

  async #runAsync(name: string, payload: string): Promise<void> {
    let failures = 0;
    let throttles = 0;
    while (!this.#closing) {
      try {
        const result = await this.invoke(name, payload);
        if (!result.functionError) return;
        const delay = retryDelaysMs[failures];
        failures += 1;
        if (delay === undefined) {
          if (this.#closing) return;
          return this.#log.warn(`[${name}] an asynchronous event failed for good: ${result.payload}`);
        }
        await pause(delay);
      } catch (error) {
        if (!(error instanceof TooManyRequestsError)) throw error;
        throttles += 1;
        await pause(Math.min(1000 * 2 ** throttles, 300_000));
      }
    }
  }
}

/** `arn:aws:lambda:…:function:name[:qualifier]` or a plain name. */
export function functionName(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? (nameOrArn.split(':')[6] ?? '') : (nameOrArn.split(':')[0] ?? '');
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref());
