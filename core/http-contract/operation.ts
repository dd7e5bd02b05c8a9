import type * as z from 'zod';
import type { RequestErrorCode } from '../service-error.ts';
import type { Tag } from './document-texts.ts';

export interface OperationAnswer {
  description: string;
  schema?: z.ZodType;
  /** Where it is not JSON. */
  contentType?: string;
  /** Header → what it says. */
  headers?: Record<string, string>;
}

/** One method of one path. The OpenAPI document describes it, and 404 is told from 405 by it. */
export interface Operation {
  method: 'get' | 'post' | 'patch' | 'delete';
  path: string;
  /** Verb-noun, as its function is named; the document's operationId unless that says otherwise. */
  id: string;
  /** Where generated clients know the operation by a word of the wire. */
  operationId?: string;
  tag: Tag;
  summary: string;
  description?: string;
  /** Needs no token. */
  public?: true;
  query?: z.ZodObject;
  headers?: { name: string; description: string; maxLength: number }[];
  body?: z.ZodType;
  answers: Record<number, OperationAnswer>;
  /** Beside those that every operation has. */
  errors: RequestErrorCode[];
}
