import type { ParseArgsConfig, parseArgs } from 'node:util';
import type { Target } from './target.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/** What stands behind a subcommand's name. */
export interface Given<Named extends Options = Options> {
  /** Without a dash before them, in order. */
  words: string[];
  options: ReturnType<typeof parseArgs<{ options: Named }>>['values'];
}

interface Definition<Named extends Options> {
  name: string;
  /** As the usage shows what follows the name, such as `<tenant> [--name <text>]`; empty: nothing does. */
  form?: string;
  /** How many words at least and at most; default: none. */
  words?: readonly [least: number, most: number];
  /** Beside `--stage` and `--target`, which every command takes. */
  options?: Named;
  /** Throws an Error that says what to change, or a UsageError. */
  run(given: Given<Named>, target: Target): void | Promise<void>;
}

export type Subcommand = Definition<Options>;

/** Gives `run` its options by their names and types. */
export function subcommand<const Named extends Options = Record<never, never>>(
  definition: Definition<Named>,
): Subcommand {
  return definition as unknown as Subcommand;
}

/** A subcommand was called by a form that it does not have: the usage is printed behind the message, if there is one. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
