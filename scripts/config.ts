/**
 * npm run config -- check | print | schema   [--target local|emulator|aws] [--stage dev]
 *
 * `check` says what is wrong with the configuration's file and the variables, all at once. `print` shows what is in force and
 * where each value comes from; secrets only as set or not set. `schema` writes configs/config.schema.json, by which editors
 * complete and check the file. The target says who reads it: `npm start` (the default), `npm run deploy:emulator` or `cdk deploy`.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createJsonSchemas } from '../adapters/json-schemas.ts';
import { readConfigFile } from '../config/file/read-config-file.ts';
import { readSettings } from '../config/read-settings.ts';
import { loadEnvFile } from '../local/env-file.ts';
import packageFile from '../package.json' with { type: 'json' };
import { runCommand } from './command/run-command.ts';
import { subcommand } from './command/subcommand.ts';
import { root, type Target } from './command/target.ts';
import { formatEditorSchema } from './configuration/format-editor-schema.ts';
import { formatRows } from './configuration/format-rows.ts';
import { listValues } from './configuration/list-values.ts';

/** As `npm start` reads them; a deployment reads no `.env`. */
function readVariables(target: string) {
  const variables = { ...process.env };
  const file = join(root, '.env');
  if (target === 'local' && existsSync(file)) loadEnvFile(file, variables);
  const ofFile = new Set(Object.keys(variables).filter((name) => process.env[name] === undefined));
  return { variables, ofFile };
}

async function readConfiguration({ kind, stage }: Target) {
  const { variables, ofFile } = readVariables(kind);
  const file = await readConfigFile(root, variables, createJsonSchemas().check);
  const context = {
    stage,
    version: packageFile.version,
    onAws: kind === 'aws',
    reservedConcurrency: true,
    open: false,
  };
  const configuration = readSettings(variables, context, file);
  for (const notice of configuration.notices) console.log(notice);
  return { variables, ofFile, file, configuration, target: kind };
}

await runCommand({
  script: 'config',
  defaultTarget: { kind: 'local', always: true },
  subcommands: [
    subcommand({
      name: 'check',
      async run(_given, target) {
        const { file } = await readConfiguration(target);
        console.log(`${file.name ?? 'No file'}, and the variables: nothing is wrong`);
      },
    }),
    subcommand({
      name: 'print',
      run: async (_given, target) => console.log(formatRows(listValues(await readConfiguration(target)))),
    }),
    subcommand({
      name: 'schema',
      run() {
        writeFileSync(join(root, 'configs', 'config.schema.json'), formatEditorSchema());
        console.log('configs/config.schema.json is written');
      },
    }),
  ],
});
