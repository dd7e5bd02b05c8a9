import { toExactNumber } from './exact-number.ts';
import { deepestJson } from './json-depth.ts';

/** A text that is no JSON, or one that is not taken. Its message says why and where, and quotes nothing of the text. */
export class JsonReadError extends SyntaxError {
  /** Characters before the fault. */
  readonly position: number;
  /** To where the fault is, as far as a name leads there. */
  readonly path: readonly (string | number)[];

  constructor(message: string, position: number, path: readonly (string | number)[] = []) {
    super(message);
    this.position = position;
    this.path = path;
  }
}

/**
 * The value of a JSON text (RFC 8259), numbers as they are written: see exact-number.ts. Throws JsonReadError, also of
 * what nests deeper than `deepestJson`.
 *
 * It stands beside JSON.parse because with a reviver that takes half a second for five megabytes of numbers, and tells
 * neither names that come twice nor where a text ends.
 *
 * @param duplicates of a name that an object has twice, which RFC 8259 §4 leaves open: the last counts, or it is an error
 */
export function readJson(text: string, duplicates: 'last' | 'refuse' = 'last'): unknown {
  const reader = new JsonReader(text, 0, duplicates);
  const value = reader.readValue();
  reader.expectEnd();
  return value;
}

/** The value that begins at a place of a text, and the place behind it. Throws JsonReadError. */
export function readJsonAt(text: string, start: number): { value: unknown; end: number } {
  const reader = new JsonReader(text, start, 'last');
  return { value: reader.readValue(), end: reader.at };
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** An escape, or what may not stand in a string. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 8259 §7 forbids them
const special = /[\\\u0000-\u001f]/;
const literals: [string, unknown][] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

class JsonReader {
  at: number;
  readonly #text: string;
  readonly #refusesDuplicates: boolean;
  readonly #path: (string | number)[] = [];

  constructor(text: string, start: number, duplicates: 'last' | 'refuse') {
    this.#text = text;
    this.at = start;
    this.#refusesDuplicates = duplicates === 'refuse';
  }

  readValue(): unknown {
    switch (this.#skipBlanks()) {
      case quote:
        return this.#readString();
      case 0x7b:
        return this.#readObject();
      case 0x5b:
        return this.#readArray();
      default:
        return this.#readScalar();
    }
  }

  expectEnd(): void {
    this.#skipBlanks();
    if (this.at < this.#text.length) this.#fail('goes on after its value');
  }

  #fail(why: string, path?: readonly (string | number)[]): never {
    throw new JsonReadError(why, this.at, path);
  }

  /** The code of the next character; NaN at the end. */
  #skipBlanks(): number {
    for (; ; this.at += 1) {
      const code = this.#text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return code;
    }
  }

  #readObject(): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    this.#enter();
    if (this.#skipBlanks() !== 0x7d) {
      do {
        if (this.#skipBlanks() !== quote) this.#fail('lacks a name in double quotes');
        const name = this.#readString();
        if (this.#skipBlanks() !== 0x3a) this.#fail('lacks a colon');
        this.at += 1;
        this.#path.push(name);
        const isTaken = Object.hasOwn(object, name);
        if (isTaken && this.#refusesDuplicates) this.#fail('has a name twice', [...this.#path]);
        const value = this.readValue();
        // An assignment would set the prototype.
        if (name === '__proto__')
          Object.defineProperty(object, name, {
            value,
            enumerable: true,
            writable: true,
            configurable: true,
          });
        else object[name] = value;
        this.#path.pop();
      } while (this.#goesOn());
    }
    this.#leave(0x7d);
    return object;
  }

  #readArray(): unknown[] {
    const list: unknown[] = [];
    this.#enter();
    if (this.#skipBlanks() !== 0x5d) {
      do {
        this.#path.push(list.length);
        list.push(this.readValue());
        this.#path.pop();
      } while (this.#goesOn());
    }
    this.#leave(0x5d);
    return list;
  }

  #enter(): void {
    if (this.#path.length >= deepestJson) this.#fail(`is nested more than ${deepestJson} levels deep`);
    this.at += 1;
  }

  #goesOn(): boolean {
    if (this.#skipBlanks() !== comma) return false;
    this.at += 1;
    return true;
  }

  #leave(bracket: number): void {
    if (this.#skipBlanks() !== bracket) this.#fail('lacks a comma or a closing bracket');
    this.at += 1;
  }

  #readString(): string {
    const start = this.at;
    let end = start;
    do {
      end = this.#text.indexOf('"', end + 1);
      if (end < 0) {
        this.at = this.#text.length;
        this.#fail('ends inside a string');
      }
    } while (this.#isEscaped(end));
    this.at = end + 1;
    const inside = this.#text.slice(start + 1, end);
    if (!special.test(inside)) return inside;
    try {
      return JSON.parse(this.#text.slice(start, end + 1)) as string;
    } catch {
      this.at = start;
      this.#fail('has a string with a wrong escape, or a control character that is not escaped');
    }
  }

  #isEscaped(position: number): boolean {
    let before = position;
    while (this.#text.charCodeAt(before - 1) === backslash) before -= 1;
    return (position - before) % 2 === 1;
  }

  #readScalar(): unknown {
    number.lastIndex = this.at;
    if (number.test(this.#text)) {
      const digits = this.#text.slice(this.at, number.lastIndex);
      this.at = number.lastIndex;
      return toExactNumber(digits);
    }
    for (const [word, value] of literals) {
      if (!this.#text.startsWith(word, this.at)) continue;
      this.at += word.length;
      return value;
    }
    return this.#fail('lacks a value');
  }
}
