import { parseArgs } from 'node:util';
import { type Subcommand, UsageError } from './subcommand.ts';
import { describeTarget, findTarget, type Target } from './target.ts';

interface Command {
  /** The npm script. */
  script: string;
  subcommands: readonly Subcommand[];
  /** What it is about where nothing says it: AWS, unless a local host runs. `always`: of a command that reaches none. */
  defaultTarget?: { kind: 'local'; always: boolean };
}

const common = { stage: { type: 'string' }, target: { type: 'string' } } as const;

/**
 * Runs an operator's command. What it throws says what to change, so it is printed without where it was thrown, and the exit code
 * is 1.
 */
export async function runCommand(command: Command, parameters = process.argv.slice(2)): Promise<void> {
  const [name, ...rest] = parameters;
  const found = command.subcommands.find((each) => each.name === name);
  let target: Target | undefined;
  try {
    if (!found) throw new UsageError();
    const { words, options } = read(found, rest);
    const { defaultTarget } = command;
    const { stage, target: named = defaultTarget?.always ? defaultTarget.kind : undefined } = options;
    target = findTarget({ stage, target: named, otherwise: defaultTarget?.kind });
    if (target.found) console.error(`At ${describeTarget(target)}`);
    await found.run({ words, options }, target);
  } catch (error) {
    const usage = () => usageOf(command.script, found ? [found] : command.subcommands);
    const lines = [explain(error as Error, target), ...(error instanceof UsageError ? [usage()] : [])];
    console.error(lines.filter(Boolean).join('\n'));
    process.exitCode = 1;
  }
}

function read(found: Subcommand, parameters: string[]) {
  const [least, most] = found.words ?? [0, 0];
  const options = { ...found.options, ...common };
  try {
    const { values, positionals } = parseArgs({ args: parameters, allowPositionals: true, options });
    if (positionals.length >= least && positionals.length <= most)
      return { words: positionals, options: values };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  throw new UsageError();
}

function usageOf(script: string, subcommands: readonly Subcommand[]): string {
  const forms = subcommands.map(({ name, form }) => `npm run ${script} -- ${name}${form ? ` ${form}` : ''}`);
  const where = '[--stage dev] [--target local|emulator|aws]';
  return forms.length === 1
    ? `Usage: ${forms[0]}  ${where}`
    : `Usage:\n${forms.map((form) => `  ${form}`).join('\n')}\nEach takes ${where}`;
}

function explain(error: Error, target: Target | undefined): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED' && target?.kind === 'local')
    return `No local host runs here: what ${target.keyFile} names does not answer. Start it again`;
  return error instanceof UsageError ? error.message : error.message || String(error);
}
