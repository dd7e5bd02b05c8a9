import type { Evaluated } from './evaluated.ts';
import type { Faults, Place } from './faults.ts';
import type { Spend } from './pattern.ts';
import type { SchemaDocument } from './schema-document.ts';

/** The check of one value, which throws CheckTooLongError when its budget is used up. */
export interface Check {
  readonly document: SchemaDocument;
  readonly spend: Spend;
  /** Whether a regular expression of the schema matches a text. */
  matches(source: string, text: string): boolean;
  /**
   * Holds a value against a schema.
   *
   * @param around gets what the schema has looked at, where it holds: that of the schema around it, at the same value
   * @param faults gets what is wrong; undefined where nobody asks
   */
  holds(
    schema: unknown,
    value: unknown,
    place: Place | undefined,
    around: Evaluated | undefined,
    faults: Faults | undefined,
  ): boolean;
}
