/**
 * npm run config -- check | print | schema   [--target local|emulator|aws] [--stage dev]
 *
 * `check` says what is wrong with the configuration's file and the variables, all at once. `print` shows what is in force and
 * where each value comes from; secrets only as set or not set. `schema` writes configs/config.schema.json, by which editors
 * complete and check the file. The target says who reads it: `npm start` (the default), `npm run deploy:emulator` or `cdk deploy`.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createJsonSchemas } from '../adapters/json-schemas.ts';
import { readConfigFile } from '../config/file/read-config-file.ts';
import { readSettings } from '../config/read-settings.ts';
import { loadEnvFile } from '../local/env-file.ts';
import packageFile from '../package.json' with { type: 'json' };
import { formatEditorSchema } from './configuration/format-editor-schema.ts';
import { formatRows } from './configuration/format-rows.ts';
import { listValues } from './configuration/list-values.ts';
import { runCommand } from './deployed/run-command.ts';

const usage = 'Usage: npm run config -- check | print | schema  [--target local|emulator|aws] [--stage dev]';
const root = join(import.meta.dirname, '..');

function readCommand() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { target: { type: 'string', default: 'local' }, stage: { type: 'string', default: 'dev' } },
  });
  const [name = '', ...rest] = positionals;
  const isKnown = ['check', 'print', 'schema'].includes(name) && rest.length === 0;
  if (!isKnown || !['local', 'emulator', 'aws'].includes(values.target)) throw new Error(usage);
  return { name, ...values };
}

/** As `npm start` reads them; a deployment reads no `.env`. */
function readVariables(target: string) {
  const variables = { ...process.env };
  const file = join(root, '.env');
  if (target === 'local' && existsSync(file)) loadEnvFile(file, variables);
  const ofFile = new Set(Object.keys(variables).filter((name) => process.env[name] === undefined));
  return { variables, ofFile };
}

await runCommand(async () => {
  const { name, target, stage } = readCommand();
  if (name === 'schema') {
    writeFileSync(join(root, 'configs', 'config.schema.json'), formatEditorSchema());
    return console.log('configs/config.schema.json is written');
  }
  const { variables, ofFile } = readVariables(target);
  const file = await readConfigFile(root, variables, createJsonSchemas().check);
  const onAws = target === 'aws';
  const context = { stage, version: packageFile.version, onAws, reservedConcurrency: true, open: false };
  const configuration = readSettings(variables, context, file);
  for (const notice of configuration.notices) console.log(notice);
  if (name === 'check') return console.log(`${file.name ?? 'No file'}, and the variables: nothing is wrong`);
  console.log(formatRows(listValues({ variables, ofFile, file, configuration, target })));
});
