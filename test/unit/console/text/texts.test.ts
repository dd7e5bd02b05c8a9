import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { en } from '../../../../console/text/en.ts';
import { zh } from '../../../../console/text/zh.ts';

/** Every text by its path; of a function what it takes and, called with its own names, what it says. */
function flatten(table: object, path = ''): Map<string, string> {
  return new Map(
    Object.entries(table).flatMap(([name, value]): [string, string][] => {
      const own = `${path}${name}`;
      if (typeof value === 'string') return [[own, value]];
      if (typeof value !== 'function') return [...flatten(value, `${own}.`)];
      return [[`${own}(${value.length})`, value(...Array.from({ length: value.length }, () => '2'))]];
    }),
  );
}

const tables = { en: flatten(en), zh: flatten(zh) };

test('both languages have the same texts, taking the same values, and none is empty', () => {
  assert.deepEqual([...tables.zh.keys()].sort(), [...tables.en.keys()].sort());
  for (const table of Object.values(tables))
    for (const [path, text] of table) assert.notEqual(text.trim(), '', path);
});

test('what takes a value says it in both languages', () => {
  for (const table of Object.values(tables))
    for (const [path, text] of table) if (/\([1-9]\)$/.test(path)) assert.match(text, /2/, path);
});

test('the Chinese table is in Chinese, but for names and signs', () => {
  const same = new Set(['name', 'nav.docs', 'charts.p50', 'charts.p95', 'providers.latency', 'form.json']);
  for (const [path, text] of tables.zh)
    if (!same.has(path) && tables.en.get(path) === text)
      assert.doesNotMatch(text, /[a-z]{3}/i, `${path} is not translated: ${text}`);
});

test('every text is used by the page', () => {
  const root = join(import.meta.dirname, '../../../../console');
  const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.startsWith('text'))
    .map((name) => readFileSync(join(root, name), 'utf8'))
    .join('\n');
  const unused = [...tables.en.keys()]
    .map((path) => path.replace(/\(\d\)$/, '').split('.'))
    // Those of a wire value are found by it.
    .filter(
      ([group = '', name = '', inner]) =>
        !inner && !/^(status|priority|theme|failures|connection|errors)$/.test(group) && name,
    )
    .filter(([, name]) => !new RegExp(`\\.${name}\\b|\\b${name}[,:} ]`).test(sources));
  assert.deepEqual(unused, []);
});
