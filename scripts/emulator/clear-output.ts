import { existsSync, readdirSync, rmSync } from 'node:fs';

/** What synthesis and deployment write, whole or broken off. */
const ours =
  /^(asset\..+|assembly-.+|.+\.(assets|template|metadata)\.json|(manifest|tree|validation-report|outputs)\.json|cdk\.out|\.cache|emulator\.env)$/;

/**
 * Removes the cloud assembly of an earlier deployment, whose stacks would be taken for this one's. Throws an Error
 * where the directory holds anything else, such as a project.
 */
export function clearOutput(directory: string): void {
  if (!existsSync(directory)) return;
  const other = readdirSync(directory).find((name) => !ours.test(name));
  if (other !== undefined)
    throw new Error(`--output ${directory} would be emptied, and ${other} in it is no part of a deployment`);
  rmSync(directory, { recursive: true });
}
