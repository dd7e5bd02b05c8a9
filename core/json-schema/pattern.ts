/** Spends of the budget of one check; throws CheckTooLongError when it is used up. */
export type Spend = (units: number) => void;

/** A regular expression of a schema. */
export interface Pattern {
  /** Its time is not bounded by the length of the text: whoever checks with it must be ended in time. */
  backtracks: boolean;
  /** Whether it matches anywhere in the text (JSON Schema Validation §6.3.3). */
  test(text: string, spend: Spend): boolean;
}

/** Reads ECMA-262 regular expressions. Undefined: it is none, or too large to be run. */
export type CompilePattern = (source: string) => Promise<Pattern | undefined>;

/** Checking a value takes more than may be spent on it. */
export class CheckTooLongError extends Error {
  override readonly name = 'CheckTooLongError';
}
