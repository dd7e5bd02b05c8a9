import type { JsonAnswer } from '../attempts/answer-repairs.ts';
import type { FieldFault } from '../service-error.ts';

export type JsonSchema = Record<string, unknown>;

export type SchemaVerdict =
  /** Where the value breaks the schema, with pointers into the value, at most ten; none: it satisfies it. */
  | { kind: 'checked'; faults: FieldFault[] }
  /** Holding this value against this schema takes more than may be spent on it. */
  | { kind: 'too long' };

/** JSON Schema, draft 2020-12, and the JSON that models write. Nothing that a caller or a model writes holds it up. */
export interface JsonSchemas {
  /** What is wrong with a caller's schema, with pointers into it; empty: it may be used. */
  check(schema: unknown): Promise<FieldFault[]>;
  /** @param schema one in which `check` found nothing */
  validate(schema: JsonSchema, value: unknown): Promise<SchemaVerdict>;
  /**
   * The JSON values in a model's answer, in spite of code fences, remarks and small errors, in their order.
   *
   * @param isCutOff the model was stopped before its end: nothing of it is put right
   */
  read(text: string, isCutOff: boolean): Promise<readonly JsonAnswer[]>;
}
