/**
 * npm run tenants -- create | add | list | rotate | revoke   [--stage dev] [--target local|emulator|aws]
 *
 * Tenants and their tokens: `create` makes a tenant with its first token, `add` another token, `rotate` one in another's
 * place. A token is shown once. How the deployment is found: docs/operations.md.
 */
import { runCommand } from './command/run-command.ts';
import { tenantSubcommands } from './tenants/subcommands.ts';

await runCommand({ script: 'tenants', subcommands: tenantSubcommands });
