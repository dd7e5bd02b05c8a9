/**
 * npm run secrets -- set <name> [--check] [--generate] [--tenant <tenant>] | list [--check]   [--stage dev] [--target …]
 *
 * Keys of providers, LLM_AUTH_TOKEN and the secrets of webhooks: in SSM, locally in `.env`. `set` asks without echo, or reads
 * from a pipe. `--check` tries keys by their providers' cheapest call. How the deployment is found: docs/operations.md.
 */
import { runCommand } from './command/run-command.ts';
import { secretSubcommands } from './secrets/subcommands.ts';

await runCommand({
  script: 'secrets',
  subcommands: secretSubcommands,
  defaultTarget: { kind: 'local', always: false },
});
