import { jsonrepair } from 'jsonrepair';
import { answerRepairs, type JsonAnswer } from '../core/attempts/answer-repairs.ts';
import { isExactNumber } from '../core/json/exact-number.ts';
import { nestsDeeper } from '../core/json/json-depth.ts';
import { JsonReadError, readJson } from '../core/json/read-json.ts';
import { runInTime } from './run-in-time.ts';
import { scanForJson } from './scan-for-json.ts';

/** Scanning and mending walk a broken text again and again: some hundred kilobytes could take minutes. */
const longestReadingMs = 1_000;

/**
 * The JSON values in a model's answer, in the order in which they stand there: the answer itself, else what is whole
 * among remarks and code fences. Only where nothing is whole, what could be mended; never an answer that was cut off.
 *
 * @param isCut the model was stopped before its end
 */
export function readJsonAnswers(text: string, isCut: boolean): JsonAnswer[] {
  const answer = text.trim();
  const exact = tryRead(answer);
  // The digits of a number that ends the text may go on.
  if (exact) return isCut && isExactNumber(exact.value) ? [] : [{ ...exact, repairs: [] }];
  return runInTime(() => readAround(answer, isCut), longestReadingMs)?.value ?? [];
}

function readAround(answer: string, isCut: boolean): JsonAnswer[] {
  const { values, broken } = scanForJson(answer);
  const fenced = fences(answer);
  const whole = values.length > 0 ? values : fenced.flatMap((inside) => tryRead(inside) ?? []);
  if (whole.length > 0) return whole.map(({ value }) => ({ value, repairs: [answerRepairs.textAround] }));
  return isCut ? [] : broken.flatMap((part) => mend(part, part !== answer)).slice(0, 1);
}

/** What stands between fences. By no regular expression, which would divide blanks without end in every way. */
function fences(answer: string): string[] {
  const parts = answer.split('```', 20);
  return parts
    .filter((_part, index) => index % 2 === 1 && index < parts.length - 1)
    .map((part) => part.replace(/^\w*\n/, '').trim());
}

function mend(broken: string, isPart: boolean): JsonAnswer[] {
  if (nestsDeeper(broken)) return [];
  try {
    const mended = tryRead(jsonrepair(broken));
    const repairs = [...(isPart ? [answerRepairs.textAround] : []), answerRepairs.json];
    return mended ? [{ ...mended, repairs }] : [];
  } catch {
    return [];
  }
}

function tryRead(text: string): { value: unknown } | undefined {
  try {
    return { value: readJson(text) };
  } catch (error) {
    if (error instanceof JsonReadError) return undefined;
    throw error;
  }
}
