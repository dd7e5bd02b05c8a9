import type * as z from 'zod';
import type { Scope } from '../access/scope.ts';
import type { RequestErrorCode } from '../service-error.ts';
import type { Tag } from './document-texts.ts';

export interface OperationAnswer {
  description: string;
  schema?: z.ZodType;
  /** Where it is not JSON. */
  contentType?: string;
  /** It may be a stream of Server-Sent Events instead. */
  orEvents?: true;
  /** By name: what the header says. */
  headers?: Record<string, string>;
}

/** One method of one path, for the OpenAPI document and, where it is one of the HTTP API, to tell 404 from 405. */
export interface Operation {
  method: 'get' | 'post' | 'patch' | 'delete';
  path: string;
  /** Verb-noun, as its function is named; the document's operationId unless that says otherwise. */
  id: string;
  /** Where the document keeps another name, because generated clients use it. */
  operationId?: string;
  tag: Tag;
  summary: string;
  description?: string;
  /** Needs no token. */
  public?: true;
  /** What the token must allow, unless it is public. */
  scope?: Scope;
  /** Only where WebSockets are on. */
  webSocket?: true;
  query?: z.ZodObject;
  headers?: { name: string; description: string; maxLength: number }[];
  body?: z.ZodType;
  /** One that is accepted, to begin with. */
  example?: unknown;
  /** Instead, a form with a file: multipart/form-data. */
  form?: z.ZodType;
  /** A request may come without one. */
  optionalBody?: true;
  answers: Record<number, OperationAnswer>;
  /** Codes beside `internal`, `unauthenticated` and `forbidden`, which describe-operation.ts adds. */
  errors: RequestErrorCode[];
  /** Instead, where errors have OpenAI's form: what each status says, beside 401, 403 and 500. */
  openaiErrors?: Record<number, string>;
}
