import { createJsonSchemas } from '../../../../adapters/json-schemas.ts';
import { interpretFile } from '../../../../config/file/interpret-file.ts';
import { openBeside } from '../../../../config/file/read-beside.ts';

const { check } = createJsonSchemas();

/** What a file with this text says. Beside it lies what `folder` has. */
export function readText(text: string, folder = import.meta.dirname) {
  return interpretFile(
    'config.yaml',
    text,
    openBeside(`${folder}/config.yaml`, () => {}),
    check,
  );
}

/** All that is said of it, without the file's name. */
export async function faultsOf(text: string): Promise<string[]> {
  const { faults } = await readText(text);
  return faults.map((fault) => fault.replace(/^config\.yaml:/, ''));
}
