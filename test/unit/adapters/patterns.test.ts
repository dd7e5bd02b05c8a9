import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { compileLinear } from '../../../adapters/linear-pattern.ts';
import { createPatternCompiler } from '../../../adapters/patterns.ts';

const compile = createPatternCompiler();
const free = () => {};

async function matches(source: string, text: string): Promise<boolean> {
  const pattern = await compile(source);
  assert.ok(pattern, source);
  return pattern.test(text, free);
}

/** Pieces of regular expressions that RE2 runs, some of which its own syntax writes or reads otherwise. */
const piece = fc.constantFrom(
  ...[
    'a',
    'b',
    '.',
    '\\s',
    '\\S',
    '\\d',
    '\\w',
    '\\W',
    '[ab]',
    '[^a]',
    '[\\s\\-x]',
    '[[:a]',
    '[^\\s]',
    '\\b',
    '^',
    '$',
  ],
  ...[
    '\\u00e9',
    '\\u{1F600}',
    '\\uD83D\\uDE00',
    '\\x41',
    '\\cJ',
    '\\/',
    '\\n',
    '\\t',
    '\\0',
    '[\\s\\S]',
    '[^]',
    '[\\b]',
  ],
  ...[
    '\\p{L}',
    '\\p{Letter}',
    '\\P{Lu}',
    '\\p{Script=Greek}',
    '(?<n>a)',
    '(?:ab|b)',
    '(a|ab)',
    '[&&a]',
    '[a\\]]',
  ],
);
const repeats = fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,3}', '*?');
const source = fc
  .array(fc.tuple(piece, repeats), { minLength: 1, maxLength: 5 })
  .map((pieces) =>
    pieces.map(([text, repeat]) => (/^(\^|\$|\\b)$/.test(text) ? text : text + repeat)).join(''),
  )
  // A name may be given to one group only.
  .filter((text) => text.split('(?<n>').length < 3);
const text = fc
  .array(
    fc.constantFrom(
      'a',
      'b',
      'A',
      '1',
      ' ',
      '\n',
      '\u2028',
      '\u00a0',
      'é',
      'Σ',
      '😀',
      '[',
      ':',
      '-',
      '&',
      ']',
      '\0',
      '\b',
      '/',
      'x',
    ),
    { maxLength: 6 },
  )
  .map((characters) => characters.join(''));

test('RE2 says of any text what V8 says', async () => {
  await fc.assert(
    fc.asyncProperty(source, text, async (expression, subject) => {
      const linear = await compileLinear(expression);
      assert.ok(linear, expression);
      assert.equal(linear.test(subject), new RegExp(expression, 'u').test(subject));
    }),
    { numRuns: 2_000, seed: 7 },
  );
});

test('what RE2 has not is run all the same', async () => {
  for (const [expression, right, wrong] of [
    ['^(?=.*\\d)(?!.*x)[a-z\\d]+$', 'ab1', 'abx1'],
    ['(?<=\\$)\\d', '$5', '5'],
    ['^(.)\\1$', 'aa', 'ab'],
    ['^(?<q>["\']).*\\k<q>$', '"a"', '"a\''],
    ['^a{1500}$', 'a'.repeat(1_500), 'a'],
    ['^[]|b$', 'b', 'a'],
  ] as const) {
    assert.equal(await compileLinear(expression), undefined, expression);
    assert.equal((await compile(expression))?.backtracks, true);
    assert.equal(await matches(expression, right), true, expression);
    assert.equal(await matches(expression, wrong), false, expression);
  }
});

test('what other languages escape without need is understood', async () => {
  assert.equal(await matches('^[\\w-.]+\\@\\"\\-$', 'a-b.c@"-'), true);
  assert.equal(await matches('^[\\w-.]+$', 'a,b'), false);
  assert.equal(await matches('^\\-?[\\d-]+$', '-1-2'), true);
});

test('what is no expression, or means something else elsewhere, is none', async () => {
  for (const expression of [
    '[',
    '(',
    'a**',
    '(?P<a>b)',
    '\\Aa\\Z',
    'a{2,1}',
    '\\p{Nothing}',
    '(?=(?:abc?|d[e-f]){1000,2000}){1,5}',
  ])
    assert.equal(await compile(expression), undefined, expression);
});

const evil = `${'a'.repeat(50_000)}!`;
for (const expression of [
  '^((a+))+$',
  '^(a|a)+$',
  '^(a|aa)+$',
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  '^(a*)*$',
  '^(a?){50}a{50}$',
  '(.*)(.*)(.*)(.*)(.*)[^a!]$',
  '^(([a])|(a))*$',
  '^(a|a?)+$',
])
  test(`a long text is matched against ${expression} as fast as against any`, async () => {
    const pattern = await compile(expression);
    assert.equal(pattern?.backtracks, false);
    let spent = 0;
    assert.equal(
      pattern.test(evil, (units) => {
        spent += units;
      }),
      false,
    );
    assert.ok(spent > 10_000 && spent < 2_000_000, String(spent));
  });
