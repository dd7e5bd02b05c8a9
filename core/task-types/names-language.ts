import { languageNames } from './language-names.ts';

/** Scripts that put blanks between words. */
const spaced = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]/u;
/** In these, words end otherwise in each place of a sentence. */
const inflected = /^\p{Script=Cyrillic}{5}/u;

const all = Object.values(languageNames).flatMap((names) => names.split(' '));
const words = new Set(all.filter((name) => spaced.test(name)).map(stemOf));
const parts = all.filter((name) => !spaced.test(name));

/** Whether an instruction speaks of a language, in whichever it is written itself. */
export function namesLanguage(instruction: string): boolean {
  const found = instruction.match(/[\p{L}\p{M}]+/gu) ?? [];
  // What is to be polished is no Polish text.
  const isNamed = found.some((word) => word !== 'polish' && words.has(stemOf(word.toLowerCase())));
  const text = instruction.toLowerCase();
  return isNamed || parts.some((part) => text.includes(part));
}

function stemOf(word: string): string {
  const [stem] = inflected.exec(word) ?? [];
  return stem ?? word;
}
