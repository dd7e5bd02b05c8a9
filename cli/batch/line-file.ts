import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';
import { exactJson } from '../../client/exact-json.ts';

/**
 * A file of JSON, a value a line, to which lines are only added. Whatever kills the program leaves whole lines and at most a
 * part of one, which reading cuts off.
 */
export class LineFile<T> {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  read(): T[] {
    if (!existsSync(this.path)) return [];
    const bytes = readFileSync(this.path);
    const end = bytes.lastIndexOf('\n') + 1;
    if (end < bytes.length) truncateSync(this.path, end);
    return bytes
      .subarray(0, end)
      .toString()
      .split('\n')
      .flatMap((line) => (line === '' ? [] : exactJson.parse(line)));
  }

  add(value: T): void {
    appendFileSync(this.path, `${exactJson.stringify(value)}\n`);
  }
}
