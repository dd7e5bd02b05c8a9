const scripts: [RegExp, string][] = [
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/gu, 'Japanese'],
  [/\p{Script=Hangul}/gu, 'Korean'],
  [/\p{Script=Han}/gu, 'Chinese'],
  [/\p{Script=Thai}/gu, 'Thai'],
  [/\p{Script=Hebrew}/gu, 'Hebrew'],
  [/\p{Script=Greek}/gu, 'Greek'],
];

// Short words that are frequent in one of these languages and rare in the others.
const frequentWords: [string, ReadonlySet<string>][] = [
  ['English', new Set('the and is are was of to with that this for not you have it be as on'.split(' '))],
  [
    'German',
    new Set('der die das und ist nicht ein eine ich wir sie mit auf für von den dem zu wurde'.split(' ')),
  ],
  [
    'French',
    new Set('le les des et est une dans pour que qui pas sur avec vous nous je du au ce'.split(' ')),
  ],
  ['Spanish', new Set('el los las y es una por que con para del se lo muy pero fue está al su'.split(' '))],
  [
    'Italian',
    new Set('il gli di e è una per che con non della sono del ma alla molto questo più'.split(' ')),
  ],
  ['Portuguese', new Set('o os as e é uma por que com para não do da em muito foi mas ao isso'.split(' '))],
];

/** The English name of a text's language, by its script or frequent words; undefined: cannot be told. */
export function nameLanguage(text: string): string | undefined {
  const sample = text.slice(0, 4_000);
  const letters = sample.match(/\p{L}/gu)?.length ?? 0;
  if (letters === 0) return undefined;
  for (const [letter, language] of scripts)
    if ((sample.match(letter)?.length ?? 0) / letters > 0.2) return language;
  return nameLatinLanguage(sample.toLowerCase().match(/\p{L}+/gu) ?? []);
}

function nameLatinLanguage(words: string[]): string | undefined {
  const counts = frequentWords
    .map(([language, frequent]) => ({ language, count: words.filter((word) => frequent.has(word)).length }))
    .sort((one, other) => other.count - one.count);
  const [first, second] = counts;
  if (!first || !second || first.count < 3 || first.count < second.count * 1.3) return undefined;
  return first.language;
}
