import { existsSync, readdirSync, rmSync } from 'node:fs';

/** What a synthesis and a deployment write, complete or not. */
const writtenNames =
  /^(asset\..+|assembly-.+|.+\.(assets|template|metadata)\.json|(manifest|tree|validation-report|outputs)\.json|cdk\.out|\.cache|emulator\.env)$/;

/**
 * Removes the cloud assembly of an earlier deployment, whose stacks would otherwise be deployed too. Throws
 * an Error where the directory holds anything else, such as a project.
 */
export function clearOutput(directory: string): void {
  if (!existsSync(directory)) return;
  const other = readdirSync(directory).find((name) => !writtenNames.test(name));
  if (other !== undefined)
    throw new Error(
      `--output ${directory} would be emptied, but it holds ${other}, which no deployment wrote`,
    );
  rmSync(directory, { recursive: true });
}
