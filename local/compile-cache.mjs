// Loaded before `npm start`'s program (package.json): what was compiled is kept, so that the next start is faster and needs
// no TypeScript compiler in memory, some 30 MB.
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

enableCompileCache(join(import.meta.dirname, '..', '.llm-service', 'compile-cache'));
