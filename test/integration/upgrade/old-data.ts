import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync, gzipSync } from 'node:zlib';

export interface OldTask {
  taskId: string;
  status: string;
  priority: string;
  result: unknown;
}

/** What the old host answered just before it was killed. */
export interface OldState {
  /** Epoch milliseconds. */
  recordedAt: number;
  batchId: string;
  tasks: OldTask[];
}

/** A gzipped JSON document: the state, and every file of the data directory in base64. */
interface Archive extends OldState {
  files: Record<string, string>;
}

export function packData(file: string, dataDir: string, state: OldState): void {
  const files = readdirSync(dataDir, { recursive: true, encoding: 'utf8' })
    // V8's cache of compiled functions is large and made again.
    .filter((name) => !name.startsWith('compile-cache') && statSync(join(dataDir, name)).isFile())
    .map((name) => [name.replaceAll(sep, '/'), readFileSync(join(dataDir, name), 'base64')]);
  const archive: Archive = { ...state, files: Object.fromEntries(files) };
  writeFileSync(file, gzipSync(JSON.stringify(archive), { level: 9 }));
}

/** Writes the files into `dataDir`, as if the old host had been killed just now. */
export function unpackData(file: string, dataDir: string): OldState {
  const { files, ...state }: Archive = JSON.parse(gunzipSync(readFileSync(file)).toString());
  for (const [name, content] of Object.entries(files)) {
    const path = join(dataDir, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, 'base64');
  }
  shiftMessages(join(dataDir, 'sqs.db'), Date.now() - state.recordedAt);
  return state;
}

/** SQS drops messages after their retention period of days. Nothing else that is stored grows too old. */
function shiftMessages(path: string, milliseconds: number): void {
  const database = new DatabaseSync(path);
  for (const column of ['sent_at', 'first_received_at', 'hidden_until'])
    database.prepare(`UPDATE messages SET ${column} = ${column} + ?`).run(milliseconds);
  database.close();
}
