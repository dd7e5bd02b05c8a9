/**
 * npm run tenants -- create | add | list | rotate | revoke | limits   [--stage dev] [--target local|emulator|aws]
 *
 * Tenants and their tokens: `create` makes a tenant with its first token, `add` another token, `rotate` one in another's
 * place. A token is shown once. `limits` says what they may do and spend: docs/tenant-limits.md. How the deployment is
 * found: docs/operations.md.
 */
import { runCommand } from './command/run-command.ts';
import { tenantSubcommands } from './tenants/subcommands.ts';
import { tenantLimits } from './tenants/tenant-limits.ts';

await runCommand({ script: 'tenants', subcommands: [...tenantSubcommands, tenantLimits] });
