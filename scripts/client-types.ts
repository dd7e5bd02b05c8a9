// npm run client:types: writes client/wire.ts anew, after the OpenAPI document has changed.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { taskTypes } from '../config/task-types.ts';
import { buildDocument } from '../core/http-contract/build-document.ts';
import { errorStatus } from '../functions/http/middleware/error-status.ts';
import { writeWireTypes } from './client/write-wire-types.ts';

const document = buildDocument({ version: '', taskTypes: [...taskTypes.values()], open: false, errorStatus });
const file = join(import.meta.dirname, '..', 'client', 'wire.ts');
writeFileSync(file, writeWireTypes(document));
console.log('client/wire.ts is what the document says');
