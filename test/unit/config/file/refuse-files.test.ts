import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultsOf } from './read-text.ts';
import { wrongFiles } from './wrong-files.ts';

for (const { title, text, faults } of wrongFiles)
  test(`refused, by line and column, with what is allowed: ${title}`, async () => {
    assert.deepEqual(await faultsOf(text), faults);
  });

test('no secret is in what is said of a file, wherever it stands', async () => {
  const secret = 'sk-0123456789abcdef0123';
  const texts = [
    `KIMI_API_KEY: ${secret}`,
    `- ${secret}`,
    secret,
    `enabled_providers: [${secret}]`,
    `retention: ${secret}`,
    `limits: { types: { ${secret}: 1 }, ${secret}: 2 }`,
    `providers: { kimi: { api_key: ${secret}, base_url: "https://${secret}@x.example" } }`,
    `providers: { kimi: { models: { kimi-k3: { extra_body: { api_key: ${secret} }, quality: ${secret} } } } }`,
    `providers: { kimi: { key: ${secret}, headers: { authorization: Bearer ${secret} } } }`,
    `task_types: { a: { instructions: ${secret} } }`,
  ];
  for (const text of texts) {
    const faults = await faultsOf(text);
    assert.ok(faults.length > 0, text);
    assert.ok(!faults.join().includes(secret), faults.join('\n'));
  }
});

test('what is wrong in one part hides nothing in another', async () => {
  const text = wrongFiles.map((file) => file.text);
  const [structure, semantics] = [text[0], 'providers: { kimmi: { concurrency: 5 } }\nretention: 5\n'];
  assert.equal((await faultsOf(`${structure}${semantics}`)).length, 3);
});

test('aliases that multiply, and collections that nest without end, are refused in bounded time', async () => {
  const levels = Array.from({ length: 9 }, (_, level) => {
    const inside = level === 0 ? '1' : `*a${level - 1}`;
    return `a${level}: &a${level} [${Array.from({ length: 9 }, () => inside).join()}]`;
  });
  assert.deepEqual(await faultsOf(levels.join('\n')), [
    '1:1 refers to its anchors too often: write out what they stand for',
  ]);
  assert.deepEqual(await faultsOf('['.repeat(100_000)), ['1:1 nests too deep']);
  assert.deepEqual(await faultsOf('a: &a [*a]'), ['1:8 *a is inside of what it stands for']);
  assert.deepEqual(await faultsOf(`# ${'x'.repeat(1_000_001)}`), ['1:1 has more than 1000000 characters']);
});

test('other traps of YAML are told', async () => {
  for (const [text, fault] of [
    ['%YAML 1.1\n---\nretention: 7d', '1:1 says %YAML 1.1: remove that, the file is YAML 1.2'],
    ['retention: !!binary aGk=', '1:21 has the tag tag:yaml.org,2002:binary, which is not read'],
    ['retention: !env X', '1:12 is not YAML: Unresolved tag: !env'],
    ['retention: *none', '1:12 *none has no anchor &none before it'],
    ['retention: 7d\rcache: {}', '1:1 ends its lines by CR alone: save it with LF'],
    [
      'retention: “7d”',
      '1:12 begins with a typographic quote, which would be part of the value: write " instead',
    ],
    [
      'providers: { kimi: { models: { kimi-k3: { extra_body: { seed: 12345678901234567890 } } } } }',
      '1:63 12345678901234567890 has more digits than a number keeps: write it in quotes as a text',
    ],
    ['retention: "7d', '1:15 is not YAML: Missing closing "quote'],
    [
      'retention:7d',
      '1:1 the file must be a map of settings, not a text: is a space missing behind a colon?',
    ],
  ] as const)
    assert.equal((await faultsOf(text))[0], fault, text);
});
