import type { FieldFault } from '../service-error.ts';

export type JsonSchema = Record<string, unknown>;

/** JSON Schema, draft 2020-12, and the reading of what models write as JSON. */
export interface JsonSchemas {
  /** What is wrong with a schema of a caller, pointers into the schema; empty: it may be used. */
  check(schema: unknown): FieldFault[];
  /** Where a value breaks the schema, pointers into the value, at most ten; empty: it satisfies it. */
  validate(schema: JsonSchema, value: unknown): FieldFault[];
  /** The JSON value in a model's answer (fences, remarks and small slips forgiven); undefined where there is none. */
  parse(text: string): { value: unknown } | undefined;
}
