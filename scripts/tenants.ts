/**
 * npm run tenants -- <subcommand>   [--stage dev] [--target local|emulator|aws]
 *
 * Tenants and what each may. A subcommand is a file of scripts/tenants/.
 */
import { runCommand } from './command/run-command.ts';
import type { Subcommand } from './command/subcommand.ts';

const subcommands: Subcommand[] = [];

await runCommand({ script: 'tenants', subcommands });
