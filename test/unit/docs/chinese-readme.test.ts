// README.zh-CN.md is README.md in Chinese: what is not prose is the same in both, in the same order.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const fence = /^```(\w*)\n([\s\S]*?)^```$/gm;

/** `##`, `###`: the level of each heading. */
const levelsOf = (markdown: string) =>
  [...markdown.replaceAll(fence, '').matchAll(/^(#+) /gm)].map(([, level = '']) => level);

const comments: Record<string, RegExp> = {
  sh: /(^|\s)# .*$/,
  python: /(^|\s)# .*$/,
  js: /\s*\/\/ .*$/,
  ts: /\s*\/\/ .*$/,
};

/** Code without comments; of a picture what it connects, and no label. */
function codeOf(markdown: string): string[] {
  return [...markdown.matchAll(fence)].flatMap(([, language = '', code = '']) => {
    const lines = code.split('\n').map((line) => strip(language, line).trimEnd());
    return [`\`\`\`${language}`, ...lines.filter((line) => line !== '')];
  });
}

function strip(language: string, line: string): string {
  if (language === 'mermaid')
    return line
      .replaceAll(/\|[^|]*\|/g, '')
      .replaceAll(/[[(]+.*?[\])]+/g, '')
      .replaceAll(/-\..*?\.->/g, '-.->');
  return line.replace(comments[language] ?? /$^/, '');
}

/** Paths, commands and variables that prose names. */
const spansOf = (markdown: string) =>
  [...markdown.replaceAll(fence, '').matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);

const linksOf = (markdown: string) =>
  [...markdown.replaceAll(fence, '').matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^README(\.zh-CN)?\.md$/.test(target));

const [english, chinese] = [read('README.md'), read('README.zh-CN.md')];

/** What one has and the other lacks, as often as it is there. */
function lacking(some: string[], others: string[]): string[] {
  const left = [...others];
  return some.filter((each) => {
    const at = left.indexOf(each);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** Where the two part, for whoever changed one of them alone. */
function compare(what: string, of: (markdown: string) => string[]): void {
  const [en, zh] = [of(english), of(chinese)];
  const missing = lacking(en, zh);
  const surplus = lacking(zh, en);
  assert.deepEqual(
    { missing, surplus },
    { missing: [], surplus: [] },
    `${what} of README.md that README.zh-CN.md lacks:\n  ${missing.join('\n  ') || '(none)'}\n` +
      `and that it has beyond them:\n  ${surplus.join('\n  ') || '(none)'}\nBring the Chinese README in step.`,
  );
}

test('both have the same headings', () => {
  assert.ok(levelsOf(english).length >= 10);
  assert.deepEqual(
    levelsOf(chinese),
    levelsOf(english),
    'README.zh-CN.md has other headings than README.md, by their number or levels: bring it in step',
  );
});

test('both have the same code, but for comments and labels', () => {
  compare('Lines of code', codeOf);
  assert.deepEqual(codeOf(chinese), codeOf(english), 'The code of both is in the same order');
});

test('both name the same paths, commands and variables, and link to the same places', () => {
  compare('Code in the prose', spansOf);
  compare('Links', linksOf);
});

test('each links to the other', () => {
  assert.ok(english.includes('](README.zh-CN.md)'));
  assert.ok(chinese.includes('](README.md)'));
});

test('a difference is found', () => {
  assert.deepEqual(lacking(['a', 'a', 'b'], ['a']), ['a', 'b']);
  assert.deepEqual(codeOf('```sh\nnpm start  # go\n# only this\n```\n'), ['```sh', 'npm start']);
  assert.deepEqual(codeOf('```mermaid\n  a([x]) -->|y| b[z<br/>w] & c -.q.-> d\n```\n'), [
    '```mermaid',
    '  a --> b & c -.-> d',
  ]);
});
