import { runCommand } from '../../../scripts/command/run-command.ts';
import type { Subcommand } from '../../../scripts/command/subcommand.ts';

export interface CommandRun {
  code: number;
  stdout: string;
  stderr: string;
}

/** An operator's command in this process, where it takes no second to start; one at a time. */
export async function runHere(
  script: string,
  subcommands: readonly Subcommand[],
  words: readonly string[],
): Promise<CommandRun> {
  const { log, error } = console;
  const told = { stdout: '', stderr: '' };
  console.log = (line: string) => {
    told.stdout += `${line}\n`;
  };
  console.error = (line: string) => {
    told.stderr += `${line}\n`;
  };
  try {
    await runCommand({ script, subcommands }, [...words]);
    return { code: Number(process.exitCode ?? 0), ...told };
  } finally {
    Object.assign(console, { log, error });
    process.exitCode = 0;
  }
}
