// The kinds of services behind the AWS endpoint, by the protocol of their calls.
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Value } from '../template/cloud-assembly.ts';
import type { Units } from './dynamodb-units.ts';
import type { AccessRequest } from './iam.ts';

/** A request with all of its body, as it comes from a socket or from a function's thread. */
export interface WholeRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** By names in lower case. */
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface WholeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A service whose call is an operation's name and a JSON document. Its methods throw ServiceFault. */
export interface JsonService {
  /** The permissions that a call needs. */
  access(operation: string, input: Value): AccessRequest[];
  /**
   * The answer, or a promise of it. Undefined answers an empty document.
   *
   * @param units is told what the call is billed, where that is in units
   */
  call(operation: string, input: Value, units?: Units): Value;
}

/** A service whose call is an HTTP request with a path of its own and a small body. Its methods throw ServiceFault. */
export interface PathService {
  /** The name of the call in the service's API reference. */
  operation(request: WholeRequest): string;
  /** The permissions that a call needs. */
  access(request: WholeRequest): AccessRequest[];
  call(request: WholeRequest): WholeAnswer;
}

/** The same, whose bodies may be large, or come piece by piece. */
export interface RestService {
  operation(request: IncomingMessage): string;
  access(request: IncomingMessage): AccessRequest[];
  handle(request: IncomingMessage, response: ServerResponse): Promise<void> | void;
}
