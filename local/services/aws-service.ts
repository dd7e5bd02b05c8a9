// The two kinds of services behind the AWS endpoint, by the protocol of their calls.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Value } from '../template/cloud-assembly.ts';
import type { AccessRequest } from './iam.ts';

/** A service whose call is an operation's name and a JSON document. Its methods throw ServiceFault. */
export interface JsonService {
  /** The permissions that a call needs. */
  access(operation: string, input: Value): AccessRequest[];
  /** The answer, or a promise of it. Undefined answers an empty document. */
  call(operation: string, input: Value): Value;
}

/** A service whose call is an HTTP request with a path of its own. Its methods throw ServiceFault. */
export interface RestService {
  /** The name of the call in the service's API reference. */
  operation(request: IncomingMessage): string;
  /** The permissions that a call needs. */
  access(request: IncomingMessage): AccessRequest[];
  handle(request: IncomingMessage, response: ServerResponse): Promise<void> | void;
}
