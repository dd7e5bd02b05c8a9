import type { ParseArgsOptionsConfig } from 'node:util';
import type { Client } from '../client/create-client.ts';
import type { Output } from './output.ts';

export interface Context {
  client: Client;
  baseUrl: string;
  output: Output;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  /** How this program is called. */
  program: string;
}

/** The values of a command's options, each as its `options` declares it. */
export type Values = Record<string, string | boolean | string[] | undefined>;

export interface Command {
  /** One line of the list of commands. */
  summary: string;
  /** Arguments, as the first line of its help shows them. */
  usage: string;
  /** The rest of its help. */
  help: string;
  options: ParseArgsOptionsConfig;
  /** Answers the exit code; nothing: 0. */
  run(args: { values: Values; positionals: string[] }, context: Context): Promise<number | undefined>;
}

/** A value of an option that takes a text. */
export function text(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}
