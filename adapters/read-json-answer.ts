import { jsonrepair } from 'jsonrepair';
import { nestsDeeper } from '../core/json/json-depth.ts';
import { runInTime } from './run-in-time.ts';

/** Mending walks the text again and again where it is broken: some hundred kilobytes could take minutes. */
const longestMendingMs = 1_000;

/** The JSON value in a model's answer, in spite of code fences, remarks and small errors; undefined: none. */
export function readJsonAnswer(text: string): { value: unknown } | undefined {
  const answer = leaveOutThoughts(text.trim()).trim();
  const fenced = readFence(answer);
  const start = answer.search(/[[{]/);
  const candidates = [answer, fenced, start > 0 ? answer.slice(start) : undefined];
  for (const candidate of candidates) {
    if (!candidate) continue;
    const exact = tryParse(candidate);
    if (exact) return exact;
  }
  // Mending is for what looks like JSON: any sentence could be mended into a string.
  const broken = fenced ?? (start >= 0 ? answer.slice(start) : '');
  if (!/^[[{]/.test(broken) || nestsDeeper(broken)) return undefined;
  try {
    const mended = runInTime(() => jsonrepair(broken), longestMendingMs);
    return mended && tryParse(mended.value);
  } catch {
    return undefined;
  }
}

function leaveOutThoughts(answer: string): string {
  const end = answer.startsWith('<think>') ? answer.indexOf('</think>') : -1;
  return end < 0 ? answer : answer.slice(end + '</think>'.length);
}

/**
 * What stands between the first two fences. By no regular expression: models write blanks without end, which it would
 * divide in every way.
 */
function readFence(answer: string): string | undefined {
  const [, inside, rest] = answer.split('```', 3);
  return rest === undefined ? undefined : inside?.replace(/^json/i, '').trim();
}

function tryParse(text: string): { value: unknown } | undefined {
  if (nestsDeeper(text)) return undefined;
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
