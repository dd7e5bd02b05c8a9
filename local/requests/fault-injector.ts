// Errors and delays as AWS has them now and then, before the services of the local AWS endpoint.
import type { IncomingHttpHeaders } from 'node:http';
import type { Units } from '../services/dynamodb-units.ts';
import { ServiceFault } from '../services/service-fault.ts';
import type { Value } from '../template/cloud-assembly.ts';

/** A call at the endpoint, as a fault may look at it. */
export interface FaultableCall {
  readonly service: string;
  readonly operation: string;
  /** Name of the calling function, or `administrator`. */
  readonly caller: string;
  /** Of services whose protocol is JSON. */
  readonly input?: Value;
  /** Of the request's body. */
  readonly bytes?: number;
  /** Of DynamoDB, while the call is observed: what it is billed. */
  readonly units?: Units;
}

export interface Fault {
  /**
   * `fails`: an error is answered and nothing was done. `answers an error`: it was done, and an error is answered all the
   * same. `delays`: it is done `delayMs` later.
   */
  readonly kind: 'fails' | 'answers an error' | 'delays';
  /** As in the credential scope of a signature, such as `dynamodb`; absent: any. */
  readonly service?: string;
  /** Absent: any. */
  readonly operation?: string;
  /** Which functions' calls, by name; absent: those of all functions, and not those of an administrator. */
  readonly caller?: RegExp;
  /** Chooses among the calls that match so far. */
  readonly when?: (call: FaultableCall) => boolean;
  /** Share of the chosen calls that it hits, 0 to 1. Default 1. */
  readonly rate?: number;
  readonly delayMs?: number;
  /**
   * An SDK repeats a call that failed. Default false: the fault hits the first try alone, so that the second succeeds.
   * True: it hits all tries of a call.
   */
  readonly hitsRepeats?: boolean;
  /** Default: 500 InternalServerError, which SDKs repeat. */
  readonly error?: { readonly status: number; readonly code: string };
}

/** Faults in effect, until they are removed. */
export interface Injection {
  /** Calls that were hit, each try counted. */
  readonly hits: number;
  remove(): void;
}

interface Injected {
  readonly faults: readonly Fault[];
  hits: number;
  /** Calls whose repeats are hit too, by their SDK's id. */
  readonly calls: Map<string, Fault>;
}

export class FaultInjector {
  readonly #injected = new Set<Injected>();
  readonly #random: () => number;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  get active(): boolean {
    return this.#injected.size > 0;
  }

  inject(faults: readonly Fault[]): Injection {
    const injected: Injected = { faults, hits: 0, calls: new Map() };
    this.#injected.add(injected);
    return {
      get hits() {
        return injected.hits;
      },
      remove: () => this.#injected.delete(injected),
    };
  }

  /** The first fault that hits this try of a call. */
  choose(call: FaultableCall, headers: IncomingHttpHeaders): Fault | undefined {
    // https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html: one id a call, counted tries.
    const id = headers['amz-sdk-invocation-id']?.toString() ?? '';
    const isRepeat = !/^attempt=1\b/.test(headers['amz-sdk-request']?.toString() ?? 'attempt=1');
    for (const injected of this.#injected)
      for (const fault of injected.faults) {
        if (!matches(fault, call)) continue;
        const isHit = isRepeat ? injected.calls.get(id) === fault : this.#draw(fault);
        if (!isHit) continue;
        if (fault.hitsRepeats) injected.calls.set(id, fault);
        injected.hits += 1;
        return fault;
      }
    return undefined;
  }

  #draw({ rate = 1 }: Fault): boolean {
    return this.#random() < rate;
  }
}

export function errorOf({ error, kind }: Fault): ServiceFault {
  const { status, code } = error ?? { status: 500, code: 'InternalServerError' };
  return new ServiceFault(status, code, `Injected: ${kind}`);
}

function matches({ service, operation, caller, when }: Fault, call: FaultableCall): boolean {
  if (service !== undefined && service !== call.service) return false;
  if (operation !== undefined && operation !== call.operation) return false;
  if (caller ? !caller.test(call.caller) : call.caller === 'administrator') return false;
  return when?.(call) ?? true;
}
