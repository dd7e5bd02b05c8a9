import { JsonReadError, readJsonAt } from '../core/json/read-json.ts';

/** A list or an object begins here, as JSON has it. */
const json = /\{\s*["}]|\[\s*(?:[\]{["\d-]|true|false|null)/y;
/** Something like it: names and texts in other quotes or none, comments. A remark in brackets does not begin so. */
const nearly = /[{[]\s*(?:['“‘]|\/[/*]|,|\.\.\.)|\{\s*[\w$]+\s*:/y;

export interface Scan {
  /** Whole lists and objects, in their order. */
  values: { value: unknown }[];
  /** Lists and objects that are closed and no JSON: they may be mended. */
  broken: string[];
}

/**
 * What of a text is JSON. Nothing is looked for inside of what is broken: a part of it would be taken for the whole. What
 * is never closed ends the scan: it was cut off.
 */
export function scanForJson(text: string): Scan {
  const scan: Scan = { values: [], broken: [] };
  const bracket = /[[{]/g;
  for (let found = bracket.exec(text); found; found = bracket.exec(text)) {
    const start = found.index;
    if (!startsWith(json, text, start) && !startsWith(nearly, text, start)) continue;
    const whole = tryReadAt(text, start);
    const end = whole?.end ?? findEnd(text, start);
    if (whole) scan.values.push(whole);
    else if (end !== undefined) scan.broken.push(text.slice(start, end));
    if (end === undefined) break;
    bracket.lastIndex = end;
  }
  return scan;
}

function startsWith(pattern: RegExp, text: string, start: number): boolean {
  pattern.lastIndex = start;
  return pattern.test(text);
}

function tryReadAt(text: string, start: number): { value: unknown; end: number } | undefined {
  try {
    return readJsonAt(text, start);
  } catch (error) {
    if (error instanceof JsonReadError) return undefined;
    throw error;
  }
}

const brackets = { '{': 1, '[': 1, '}': -1, ']': -1 } as Readonly<Record<string, number | undefined>>;

/** Behind the bracket that closes the first one; undefined: none does. */
function findEnd(text: string, start: number): number | undefined {
  let depth = 0;
  let inText = false;
  for (let at = start; at < text.length; at += 1) {
    const letter = text[at] as string;
    if (inText && letter === '\\') at += 1;
    else if (letter === '"') inText = !inText;
    else if (!inText) depth += brackets[letter] ?? 0;
    if (depth === 0) return at + 1;
  }
  return findEndBesideQuotes(text, start);
}

/** Where a quote that is not escaped turns texts inside out: the last bracket, if all are closed by number. */
function findEndBesideQuotes(text: string, start: number): number | undefined {
  const end = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']')) + 1;
  let depth = 0;
  for (let at = start; at < end; at += 1) depth += brackets[text[at] as string] ?? 0;
  return depth === 0 && end > start ? end : undefined;
}
