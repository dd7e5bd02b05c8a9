// What a bench or a test sees of the requests that would reach AWS, and be billed there.
import type { Units } from '../services/dynamodb-units.ts';
import type { Value } from '../template/cloud-assembly.ts';

export type RequestKind =
  /** A call at the AWS endpoint, by a function's SDK or by a tool. */
  | 'call'
  /** A call that an event source mapping makes for its function: it receives and deletes messages. */
  | 'mapping'
  /** A read of a table's stream by an event source mapping. */
  | 'stream read'
  | 'invocation'
  /** A request to the HTTP API, or a client's frame to the WebSocket API. */
  | 'gateway'
  /** A line that a function wrote to its log, some of which are metrics. */
  | 'log line';

export interface ObservedRequest {
  readonly kind: RequestKind;
  /** As in the credential scope of a signature, such as `dynamodb`. */
  readonly service: string;
  readonly operation: string;
  /** The name of the function that calls, is called, or is the mapping's; `client` or `administrator` outside of functions. */
  readonly caller: string;
  /** Of the calls of services whose protocol is JSON. */
  readonly input?: Value;
  /** The same; undefined where an error was answered. */
  readonly answer?: Value;
  /** Of the body, the frame or the line, in UTF-8. */
  readonly bytes?: number;
  /** Of a DynamoDB call: what it is billed. */
  readonly units?: Units;
  /** Of an invocation. */
  readonly run?: FunctionRun;
  /** Of a log line. */
  readonly text?: string;
}

/** What an invocation took, from the event to the answer; a cold start before it is left out. */
export interface FunctionRun {
  readonly durationMs: number;
  /** Of it and of what its thread did since the invocation before. */
  readonly cpuMs: number;
  readonly memoryMb: number;
}

export type RequestObserver = (request: ObservedRequest) => void;

/** Who is told of requests, each when it was answered. While nobody is, a request costs one look at `active`. */
export class RequestObservers {
  readonly #observers = new Set<RequestObserver>();

  get active(): boolean {
    return this.#observers.size > 0;
  }

  /** Returns the function that ends it. */
  add(observer: RequestObserver): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  tell(request: ObservedRequest): void {
    for (const observer of this.#observers) observer(request);
  }
}
