import fc from 'fast-check';

/** A JSON value with its numbers as they are written. */
export type Written =
  | { number: string }
  | { members: [name: string, value: Written][] }
  | { items: Written[] }
  | string
  | boolean
  | null;

const digits = (least: number, most: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: least, maxLength: most });

const whole = fc.oneof(
  fc.constantFrom('0', '9007199254740993', '9007199254740992', '1'),
  fc.tuple(fc.constantFrom(...'123456789'), digits(0, 30)).map((parts) => parts.join('')),
);

/** Any number that RFC 8259 §6 allows. */
export const numberTexts = fc
  .tuple(
    fc.constantFrom('', '-'),
    whole,
    fc.option(digits(1, 20), { nil: undefined }),
    fc.option(
      fc.tuple(fc.constantFrom('e', 'E'), fc.constantFrom('', '+', '-'), digits(1, 4)).map((e) => e.join('')),
      { nil: '' },
    ),
  )
  .map(
    ([sign, int, fraction, exponent]) =>
      `${sign}${int}${fraction === undefined ? '' : `.${fraction}`}${exponent}`,
  );

/** Lone surrogates, escapes and `__proto__` among them. */
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'a"b\\',
    '\ud800',
    '\ud83d\ude00',
    '1',
    '',
    'rawJSON',
    'toJSON',
  ),
);

export const writtenValues: fc.Arbitrary<Written> = fc.letrec<{ value: Written }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 4, arbitrary: numberTexts.map((number) => ({ number })) },
    texts,
    fc.boolean(),
    fc.constant(null),
    fc
      .uniqueArray(fc.tuple(texts, tie('value')), { maxLength: 4, selector: ([name]) => name })
      .map((members) => ({ members })),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => ({ items })),
  ),
})).value;

/** The text of a value. @param blank between all its parts @param turn whether members stand in the other order */
export function write(value: Written, blank = '', turn = false): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if ('number' in value) return value.number;
  if ('items' in value) return `[${value.items.map((item) => pad(write(item, blank, turn), blank)).join()}]`;
  const members = turn ? value.members.toReversed() : value.members;
  const written = members.map(
    ([name, member]) => `${blank}${JSON.stringify(name)}${blank}:${pad(write(member, blank, turn), blank)}`,
  );
  return `{${written.join()}}`;
}

const pad = (text: string, blank: string) => blank + text + blank;

/** What makes two values equal: names, texts and the digits of numbers, whatever the order of members. */
export function identity(value: Written): unknown {
  if (typeof value !== 'object' || value === null) return [typeof value, value];
  if ('number' in value) return ['number', value.number];
  if ('items' in value) return ['list', value.items.map(identity)];
  const sorted = value.members.toSorted(([one], [other]) => (one < other ? -1 : 1));
  return ['object', sorted.map(([name, member]) => [name, identity(member)])];
}
