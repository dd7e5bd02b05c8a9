import { join } from 'node:path';
import { createJsonSchemas } from '../../adapters/json-schemas.ts';
import type { FileConfiguration } from '../../config/file/file-configuration.ts';
import { readConfigFile } from '../../config/file/read-config-file.ts';
import { ConfigurationError } from '../../config/settings-variables.ts';

/** What the configuration's file says here, which should be what is deployed. Throws ConfigurationError. */
export async function readCatalogue(): Promise<FileConfiguration> {
  const root = join(import.meta.dirname, '../..');
  const file = await readConfigFile(root, process.env, createJsonSchemas().check);
  if (file.faults.length > 0) throw new ConfigurationError(file.faults);
  return file;
}
