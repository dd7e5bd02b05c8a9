import { isExactNumber } from '../json/exact-number.ts';
import type { TaskInput } from '../tasks/task.ts';
import { nameLanguage } from './name-language.ts';
import { namesLanguage } from './names-language.ts';

/**
 * What the model is told of the language of its free text: that of the task's text. Undefined where the caller's own
 * instruction speaks of a language: two instructions would compete, and small models follow the wrong one.
 */
export function languageRule({ prompt, data }: TaskInput): string | undefined {
  if (prompt && namesLanguage(prompt)) return undefined;
  const language = languageOf(textsOf(data)) ?? languageOf([prompt ?? '']);
  return `Write free text in ${language ?? 'the language of the data'}.`;
}

/**
 * The longest text decides: what stands beside it, such as names of categories, is often of another language. Where it
 * tells nothing, all texts together do.
 */
function languageOf(texts: string[]): string | undefined {
  const longest = texts.reduce((longer, text) => (text.length > longer.length ? text : longer), '');
  return nameLanguage(longest) ?? nameLanguage(texts.join(' '));
}

/** The texts in the data, without its field names and without what names no more than a choice. */
function textsOf(data: unknown): string[] {
  if (typeof data === 'string') return [data];
  if (Array.isArray(data)) return data.flatMap(textsOf);
  if (typeof data !== 'object' || data === null || isExactNumber(data)) return [];
  const { categories: _choices, target_language: _target, ...rest } = data as Record<string, unknown>;
  return Object.values(rest).flatMap(textsOf);
}
