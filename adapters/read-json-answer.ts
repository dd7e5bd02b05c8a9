import { jsonrepair } from 'jsonrepair';
import { nestsDeeper } from '../core/json-depth.ts';

/** Mending walks the text again and again where it is broken; an answer as long as that is no small error. */
const longestMended = 1_000_000;

/** The JSON value in a model's answer, in spite of code fences, remarks and small errors; undefined: none. */
export function readJsonAnswer(text: string): { value: unknown } | undefined {
  const answer = text.replace(/^\s*<think>[\s\S]*?<\/think>/, '').trim();
  const fenced = /```(?:json)?\s*\n?([\s\S]*?)```/i.exec(answer)?.[1]?.trim();
  const start = answer.search(/[[{]/);
  const candidates = [answer, fenced, start > 0 ? answer.slice(start) : undefined];
  for (const candidate of candidates) {
    if (!candidate) continue;
    const exact = tryParse(candidate);
    if (exact) return exact;
  }
  // Mending is for what looks like JSON: any sentence could be mended into a string.
  const broken = fenced ?? (start >= 0 ? answer.slice(start) : '');
  if (!/^[[{]/.test(broken) || broken.length > longestMended || nestsDeeper(broken)) return undefined;
  try {
    return tryParse(jsonrepair(broken));
  } catch {
    return undefined;
  }
}

function tryParse(text: string): { value: unknown } | undefined {
  if (nestsDeeper(text)) return undefined;
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
