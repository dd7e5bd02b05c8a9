import type { FieldFault } from '../service-error.ts';

export type JsonSchema = Record<string, unknown>;

/** JSON Schema, draft 2020-12, and the JSON that models write. */
export interface JsonSchemas {
  /** What is wrong with a caller's schema, with pointers into it; empty: it may be used. */
  check(schema: unknown): FieldFault[];
  /** Where a value breaks the schema, with pointers into the value, at most ten; empty: it satisfies it. */
  validate(schema: JsonSchema, value: unknown): FieldFault[];
  /**
   * The JSON value in a model's answer, in spite of code fences, remarks and small errors; undefined: none.
   */
  parse(text: string): { value: unknown } | undefined;
}
