import type { Subcommand } from '../command/subcommand.ts';
import { listSecretsCommand } from './list-secrets.ts';
import { setSecret } from './set-secret.ts';

/** What `npm run secrets -- …` can do. */
export const secretSubcommands: readonly Subcommand[] = [setSecret, listSecretsCommand];
