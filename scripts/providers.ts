/**
 * npm run providers -- status | resume <name> | models   [--stage dev]
 *
 * `status` prints how each provider is doing that was ever called. `resume` ends what holds a provider back (its open
 * circuit, a pause that it asked for): it is called again at once. `models` asks the server at LOCAL_LLM_BASE_URL what it
 * has, prints it, and tells the service. Credentials and region are the AWS SDK's own; how to reach the local host:
 * docs/operations.md.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createDynamoCircuitOverride } from '../adapters/dynamo-circuit-override.ts';
import { createDynamoFoundModels } from '../adapters/dynamo-found-models.ts';
import { createDynamoProviderStates } from '../adapters/dynamo-provider-states.ts';
import { createDynamoClient, createDynamoTable, type DynamoTable } from '../adapters/dynamo-table.ts';
import { findTableName } from '../adapters/dynamo-table-names.ts';
import { findModels } from '../adapters/find-models.ts';
import { baseUrlVariable, keyVariable, readProviderNumbers } from '../config/provider-variables.ts';
import { providers as catalogue } from '../config/providers.ts';
import type { ProviderState } from '../core/providers/provider-states.ts';
import { loadEnvFile } from '../local/env-file.ts';
import { describeModels, describeSilence } from './deployed/describe-models.ts';
import { describeProvider, isHeldBack, isKnown } from './deployed/describe-provider.ts';
import { runCommand } from './deployed/run-command.ts';

const usage = 'Usage: npm run providers -- status | resume <name> | models  [--stage dev]';
const names = catalogue.map(({ name }) => name);

type Command = { name: 'status' } | { name: 'models' } | { name: 'resume'; provider: string };

function readCommand(): { command: Command; stage: string } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { stage: { type: 'string', default: 'dev' } },
  });
  const [name, provider, ...rest] = positionals;
  const { stage } = values;
  if (name === 'status' && provider === undefined) return { command: { name }, stage };
  if (name === 'models' && provider === undefined) return { command: { name }, stage };
  if (name !== 'resume' || provider === undefined || rest.length > 0) throw new Error(usage);
  if (!names.includes(provider))
    throw new Error(`There is no provider ${provider}; known are ${names.join(', ')}`);
  return { command: { name, provider }, stage };
}

async function readStates(table: DynamoTable): Promise<ProviderState[]> {
  const states = await createDynamoProviderStates({ table, providers: names, now: Date.now }).read();
  return [...states.values()];
}

async function printStatus(table: DynamoTable): Promise<void> {
  const known = (await readStates(table)).filter(isKnown);
  for (const state of known) console.log(describeProvider(state));
  if (known.length === 0) console.log('No provider was called yet');
}

async function resume(table: DynamoTable, provider: string): Promise<void> {
  const state = (await readStates(table)).find(({ name }) => name === provider);
  if (!state || !isHeldBack(state)) return console.log(`${provider} is not held back`);
  await createDynamoCircuitOverride({ table }).resume(provider, Date.now());
  console.log(`It was:    ${describeProvider(state)}`);
  console.log(`${provider} is called again. What waits for it already comes back within two minutes.`);
}

/** Of the provider whose server says itself what it has. */
async function findAndNoteModels(table: DynamoTable): Promise<void> {
  // As a start reads them.
  const settings = join(import.meta.dirname, '..', '.env');
  if (existsSync(settings)) loadEnvFile(settings, process.env);
  for (const provider of catalogue.filter(({ findsModels }) => findsModels)) {
    const { baseUrl, models } = readProviderNumbers(provider, process.env);
    if (baseUrl === undefined) throw new Error(`${baseUrlVariable(provider)} is not set`);
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

await runCommand(async () => {
  const { command, stage } = readCommand();
  const client = createDynamoClient();
  const tableName = await findTableName(client, `llm-${stage}-Storage-StateTable`);
  const table = createDynamoTable({ client, tableName });
  if (command.name === 'status') await printStatus(table);
  else if (command.name === 'models') await findAndNoteModels(table);
  else await resume(table, command.provider);
});
