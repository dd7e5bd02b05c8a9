/**
 * npm run providers -- status | resume <name> | models   [--stage dev] [--target local|emulator|aws]
 *
 * `status` prints how each provider is doing that was ever called. `resume` ends what holds a provider back (its open
 * circuit, a pause that it asked for): it is called again at once. `models` asks the server at LOCAL_LLM_BASE_URL, and
 * those like it in the configuration's file, what they have, prints it, and tells the service. How the deployment is found:
 * docs/operations.md.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createDynamoCircuitOverride } from '../adapters/dynamo-circuit-override.ts';
import { createDynamoFoundModels } from '../adapters/dynamo-found-models.ts';
import { createDynamoProviderStates } from '../adapters/dynamo-provider-states.ts';
import type { DynamoTable } from '../adapters/dynamo-table.ts';
import { findModels } from '../adapters/find-models.ts';
import { baseUrlVariable, keyVariable, readProviderNumbers } from '../config/provider-variables.ts';
import type { Provider } from '../core/providers/provider.ts';
import type { ProviderState } from '../core/providers/provider-states.ts';
import { loadEnvFile } from '../local/env-file.ts';
import { openTable } from './command/open-table.ts';
import { runCommand } from './command/run-command.ts';
import { subcommand } from './command/subcommand.ts';
import { root } from './command/target.ts';
import { describeModels, describeSilence } from './deployed/describe-models.ts';
import { describeProvider, isHeldBack, isKnown } from './deployed/describe-provider.ts';
import { readCatalogue } from './deployed/read-catalogue.ts';

async function readStates(table: DynamoTable, names: string[]): Promise<ProviderState[]> {
  const states = await createDynamoProviderStates({ table, providers: names, now: Date.now }).read();
  return [...states.values()];
}

async function printStatus(table: DynamoTable, names: string[]): Promise<void> {
  const known = (await readStates(table, names)).filter(isKnown);
  for (const state of known) console.log(describeProvider(state));
  if (known.length === 0) console.log('No provider was called yet');
}

async function resume(table: DynamoTable, provider: string): Promise<void> {
  const state = (await readStates(table, [provider])).find(({ name }) => name === provider);
  if (!state || !isHeldBack(state)) return console.log(`${provider} is not held back`);
  await createDynamoCircuitOverride({ table }).resume(provider, Date.now());
  console.log(`It was:    ${describeProvider(state)}`);
  console.log(`${provider} is called again. What waits for it already comes back within two minutes.`);
}

/** As a start reads them. */
function loadSettings(): void {
  const settings = join(root, '.env');
  if (existsSync(settings)) loadEnvFile(settings, process.env);
}

/** Of the providers whose servers say themselves what they have. */
async function findAndNoteModels(
  table: DynamoTable,
  catalogue: readonly Provider[],
  ifAny: boolean,
): Promise<void> {
  const own = catalogue.filter(({ findsModels }) => findsModels);
  const servers = own.flatMap((provider) => {
    const { baseUrl = provider.baseUrl, models } = readProviderNumbers(provider, process.env).numbers;
    return baseUrl === undefined ? [] : [{ provider, baseUrl, models }];
  });
  if (servers.length === 0 && !ifAny)
    throw new Error(
      `${own.map(baseUrlVariable).join(', ')} is not set, and no server is in the configuration`,
    );
  for (const { provider, baseUrl, models } of servers) {
    const place = `${provider.name} at ${baseUrl}`;
    try {
      const found = await findModels({ baseUrl, key: process.env[keyVariable(provider.name)] });
      for (const line of describeModels(place, found, models ?? [])) console.log(line);
      await createDynamoFoundModels({ table }).note(provider.name, found);
    } catch (error) {
      console.log(describeSilence(place, error));
    }
  }
}

await runCommand({
  script: 'providers',
  subcommands: [
    subcommand({
      name: 'status',
      async run(_given, target) {
        const { providers } = await readCatalogue();
        await printStatus(
          await openTable(target, 'StateTable'),
          providers.map(({ name }) => name),
        );
      },
    }),
    subcommand({
      name: 'resume',
      form: '<name>',
      words: [1, 1],
      async run({ words: [provider = ''] }, target) {
        const names = (await readCatalogue()).providers.map(({ name }) => name);
        if (!names.includes(provider))
          throw new Error(`There is no provider ${provider}; known are ${names.join(', ')}`);
        await resume(await openTable(target, 'StateTable'), provider);
      },
    }),
    subcommand({
      name: 'models',
      // `--if-any`: it is no fault that there is no server to ask.
      options: { 'if-any': { type: 'boolean', default: false } },
      async run({ options }, target) {
        loadSettings();
        const { providers } = await readCatalogue();
        await findAndNoteModels(await openTable(target, 'StateTable'), providers, options['if-any']);
      },
    }),
  ],
});
