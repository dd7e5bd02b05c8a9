// npm run client:types: writes client/wire.ts anew, after the OpenAPI document has changed.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clientDocument } from './client/client-document.ts';
import { writeWireTypes } from './client/write-wire-types.ts';

const file = join(import.meta.dirname, '..', 'client', 'wire.ts');
writeFileSync(file, writeWireTypes(clientDocument()));
console.log('client/wire.ts is what the document says');
