import { createDynamoFileStore } from '../../adapters/dynamo-file-store.ts';
import { createDynamoClient, createDynamoTable } from '../../adapters/dynamo-table.ts';
import { createDynamoUploadStore } from '../../adapters/dynamo-upload-store.ts';
import { createLazyFileContents } from '../../adapters/lazy-file-contents.ts';
import type { Environment } from '../../config/environment.ts';
import type { UploadPorts } from '../../core/uploads/complete-upload.ts';

let ports: UploadPorts | undefined;

/** What routes of files need, made when the first of them is asked for. */
export function filePortsOf({
  STATE_TABLE,
  FILE_BUCKET,
}: Pick<Environment, 'STATE_TABLE' | 'FILE_BUCKET'>): UploadPorts {
  const table = createDynamoTable({ client: createDynamoClient(), tableName: STATE_TABLE });
  ports ??= {
    files: createDynamoFileStore({ table }),
    uploads: createDynamoUploadStore({ table }),
    contents: createLazyFileContents({ bucket: FILE_BUCKET }),
  };
  return ports;
}
