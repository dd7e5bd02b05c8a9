import type * as z from 'zod';
import type { RequestErrorCode } from '../service-error.ts';

export interface OperationAnswer {
  description: string;
  schema?: z.ZodType;
  /** Where it is not JSON. */
  contentType?: string;
  /** Header → what it says. */
  headers?: Record<string, string>;
}

/** One method of one path: what the OpenAPI document says of it and what 404 and 405 are told apart by. */
export interface Operation {
  method: 'get' | 'post' | 'patch' | 'delete';
  path: string;
  /** Verb-noun, as its function is named; the document's operationId unless that says otherwise. */
  id: string;
  /** Where callers' generated clients know the operation by a word of the wire. */
  operationId?: string;
  tag: string;
  summary: string;
  description?: string;
  /** Needs no token. */
  public?: true;
  query?: z.ZodObject;
  headers?: { name: string; description: string; maxLength: number }[];
  body?: z.ZodType;
  answers: Record<number, OperationAnswer>;
  /** Beside those that every operation shares. */
  errors: RequestErrorCode[];
}
