import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '../../..');
const documents = globSync(['README.md', 'README.zh-CN.md', 'CONTRIBUTING.md', 'docs/**/*.md'], {
  cwd: root,
});
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** Targets of `[text](target)` that are not on the web. */
function linksOf(markdown: string): string[] {
  return [...withoutFences(markdown).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

function withoutFences(markdown: string): string {
  return markdown.replaceAll(/^```[\s\S]*?^```$/gm, '');
}

/** Anchors of the headings, as GitHub makes them. */
function anchorsOf(markdown: string): string[] {
  return [...withoutFences(markdown).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

const folders =
  'adapters|bench|bin|cli|client|config|core|docs|examples|functions|lib|local|pages|scripts|test|\\.ci';
/** From the root: in code, and in the labels of a picture. */
const pathPattern = new RegExp(`(?<![\\w./-])(?:${folders})/[\\w./<>*-]*`, 'g');

/** Paths of the repository that a document names. */
function pathsOf(markdown: string): string[] {
  const pictures = [...markdown.matchAll(/^```mermaid[\s\S]*?^```$/gm)].map(([picture]) => picture);
  const code = [...withoutFences(markdown).matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text);
  return [...pictures, ...code].flatMap((text) =>
    [...text.matchAll(pathPattern)].map(([path]) => path.replace(/<br\/?>?$/, '').replace(/[.>]+$/, '')),
  );
}

/** A path may leave the extension out; of one with a placeholder, the folder before it. */
function exists(path: string): boolean {
  const [fixed = ''] = path.split(/[<*]/);
  const known = fixed === path ? path : fixed.slice(0, fixed.lastIndexOf('/'));
  return existsSync(join(root, known)) || existsSync(join(root, `${known}.ts`));
}

test('there are documents, and they name links and paths', () => {
  assert.ok(documents.length >= 15, documents.join());
  assert.ok(documents.flatMap((file) => linksOf(read(file))).length > 50);
  assert.ok(documents.flatMap((file) => pathsOf(read(file))).length > 150);
});

for (const file of documents) {
  test(`${file}: every link leads somewhere`, () => {
    for (const link of linksOf(read(file))) {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? file : join(dirname(file), path);
      assert.ok(existsSync(join(root, target)), link);
      if (anchor !== undefined) assert.ok(anchorsOf(read(target)).includes(anchor), link);
    }
  });

  test(`${file}: every path of the repository is there`, () => {
    for (const path of pathsOf(read(file))) assert.ok(exists(path), path);
  });
}

test('a path or a link that does not exist is found', () => {
  assert.deepEqual(pathsOf('see `core/no/such.ts` and `lib/x`'), ['core/no/such.ts', 'lib/x']);
  assert.equal(exists('core/no/such.ts'), false);
  assert.equal(exists('config/providers/<name>.ts'), true);
  assert.deepEqual(linksOf('[a](b.md#c) [d](https://e.example)'), ['b.md#c']);
  assert.deepEqual(anchorsOf('## A `<b>`, c-d'), ['a-b-c-d']);
});
