// How requests are counted, alike wherever figures are compared: every call at the AWS endpoint, each repeat by an SDK
// included; for each batch of a queue's mapping one receive and, where something is deleted, one delete; each
// invocation; each request to the HTTP API and each frame to or from a WebSocket. A frame to a client is the call
// PostToConnection that sends it, and is not counted a second time.
import type { ObservedRequest, RequestKind, RequestObservers } from './request-observers.ts';

export type Line =
  /** What the work itself costs. */
  | 'requests'
  /** Receives that found no message. */
  | 'empty polls'
  | 'stream reads'
  /** By or of a function that a schedule invokes: it costs the same however much work there is. */
  | 'scheduled'
  /** By the administrator: the bench's own. */
  | 'tools';

export interface CountedRequests {
  readonly line: Line;
  readonly kind: RequestKind;
  readonly service: string;
  readonly operation: string;
  readonly caller: string;
  readonly count: number;
}

export class RequestCounter {
  readonly #scheduled: ReadonlySet<string>;
  readonly #counts = new Map<string, CountedRequests>();
  /** Counts nothing more; what was counted stays. */
  readonly stop: () => void;

  /** @param scheduled names of the functions that schedules invoke */
  constructor(observers: RequestObservers, scheduled: ReadonlySet<string>) {
    this.#scheduled = scheduled;
    this.stop = observers.add((request) => this.#count(request));
  }

  /** The most frequent first. */
  list(): CountedRequests[] {
    return [...this.#counts.values()].toSorted((one, other) => other.count - one.count);
  }

  total(line: Line): number {
    return this.list().reduce((sum, counted) => sum + (counted.line === line ? counted.count : 0), 0);
  }

  reset(): void {
    this.#counts.clear();
  }

  #count(request: ObservedRequest): void {
    const { kind, service, operation, caller } = request;
    if (kind === 'log line') return;
    const line = this.#lineOf(request);
    const key = [line, kind, service, operation, caller].join(' ');
    const count = (this.#counts.get(key)?.count ?? 0) + 1;
    this.#counts.set(key, { line, kind, service, operation, caller, count });
  }

  #lineOf({ kind, operation, caller, answer }: ObservedRequest): Line {
    if (caller === 'administrator') return 'tools';
    if (this.#scheduled.has(caller)) return 'scheduled';
    if (kind === 'stream read') return 'stream reads';
    const isEmpty = operation === 'ReceiveMessage' && answer && !answer.Messages?.length;
    return isEmpty ? 'empty polls' : 'requests';
  }
}
