/** Spends of the budget of one check; throws CheckTooLongError when it is used up. */
export type Spend = (units: number) => void;

/** A regular expression that cannot hold up its caller: it is linear in its text, or ended in time. */
export interface Pattern {
  /** Whether it matches anywhere in the text (JSON Schema Validation §6.3.3). */
  test(text: string, spend: Spend): boolean;
}

/** Reads ECMA-262 regular expressions. Undefined: it is none, or too large to be run. */
export type CompilePattern = (source: string) => Promise<Pattern | undefined>;

/** Checking a value takes more than may be spent on it. */
export class CheckTooLongError extends Error {
  override readonly name = 'CheckTooLongError';
}
