// In a process of its own: how long the function takes to load whose bundle the first argument names, and then, what it
// loads only where it is needed. Prints both as JSON, in milliseconds.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';

// What Lambda's runtime gives handlers that stream.
globalThis.awslambda = { streamifyResponse: (handler) => handler };

const [, , directory] = process.argv;
const load = (file) => import(pathToFileURL(join(directory, file)).href);
const chunks = readdirSync(directory).filter((file) => file.endsWith('.mjs') && file !== 'index.mjs');
const startedAt = performance.now();
await load('index.mjs');
const importMs = performance.now() - startedAt;
for (const chunk of chunks) await load(chunk);
process.stdout.write(JSON.stringify({ importMs, wholeMs: performance.now() - startedAt }), () =>
  // Whatever a function keeps alive.
  process.exit(),
);
