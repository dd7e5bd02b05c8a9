import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadEnvFile } from '../../../local/env-file.ts';

const text = 'LLM_PORT=8123\nKIMI_API_KEY="sk 1"\n';

function load(content: string | Uint8Array, environment: Record<string, string | undefined> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'llm-service-env-'));
  try {
    writeFileSync(join(folder, '.env'), content);
    loadEnvFile(join(folder, '.env'), environment);
    return environment;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a file is read with or without a byte order mark, and whatever ends its lines', () => {
  const expected = { LLM_PORT: '8123', KIMI_API_KEY: 'sk 1' };
  for (const each of [text, `\ufeff${text}`, text.replaceAll('\n', '\r\n'), `# a comment\n\n${text}`])
    assert.deepEqual(load(each), expected);
});

test('the environment goes before the file', () => {
  assert.deepEqual(load(text, { LLM_PORT: '9' }), { LLM_PORT: '9', KIMI_API_KEY: 'sk 1' });
});

test('another encoding is refused by its name', () => {
  const utf16 = Buffer.from(text, 'utf16le');
  const swapped = Buffer.from(utf16).swap16();
  const cases: [Uint8Array, RegExp][] = [
    [Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]), /\.env is UTF-16LE: save it as UTF-8/],
    [Buffer.concat([Buffer.from([0xfe, 0xff]), swapped]), /UTF-16BE/],
    [utf16, /UTF-16LE/],
    [swapped, /UTF-16BE/],
    [Buffer.from('NAME=caf\xe9', 'latin1'), /is not UTF-8/],
  ];
  for (const [bytes, message] of cases) assert.throws(() => load(bytes), message);
});

test('a file that says something and sets nothing is no configuration', () => {
  assert.throws(() => load('KIMI_API_KEY sk-1\n'), /\.env:1 sets no variable: write NAME=value/);
  assert.deepEqual(load('\n# nothing yet\n'), {});
});

test('a line that would be read as something else, or not at all, is named', () => {
  for (const [content, fault] of [
    ['A=1\nKIMI_API_KEY sk-1\n', '2 sets no variable: write NAME=value'],
    ['KIMI_API_KEY: sk-1', '1 sets no variable: write NAME=value'],
    ['A=b#c', '1 has a # that would end the value: put the value into quotes, or a space before the remark'],
    ['A="b', '1 opens a quote (") that no line closes'],
    ['A="b\nB="2"\n', '1 opens a quote (") that goes on over line 2'],
    ['A="b"c', '1 has text behind the closing quote, which would be lost: put all of it into other quotes'],
    ['A=“b”', '1 begins with a typographic quote, which would be part of the value'],
    ['set A=1', '1 names a variable "set A": letters, digits and _ are allowed'],
    ['kimi-api-key=1', '1 names a variable "kimi-api-key": letters, digits and _ are allowed'],
    ['A=1\n\n# x\nA=2', '4 sets A again, which line 1 sets'],
    ['=1', '1 names a variable "": letters, digits and _ are allowed'],
  ] as const)
    assert.throws(
      () => load(content),
      { message: `The configuration is wrong:\n  - .env:${fault}` },
      content,
    );
});

test('what is right is read: export, spaces, remarks, quotes, several lines, whatever ends them', () => {
  assert.deepEqual(load('export A = 1 # one\n  B="b # b" # two\nC=\nD=\'{\n "a": 1\n}\'\nE==e=\n'), {
    A: '1',
    B: 'b # b',
    C: '',
    D: '{\n "a": 1\n}',
    E: '=e=',
  });
  assert.deepEqual(load('A=1\rB=2\r'), { A: '1', B: '2' });
});

test('a file that cannot be read is told', () => {
  assert.throws(() => loadEnvFile(tmpdir(), {}), /cannot be read: is a directory/);
});
