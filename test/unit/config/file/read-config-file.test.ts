import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createJsonSchemas } from '../../../../adapters/json-schemas.ts';
import { readConfigFile } from '../../../../config/file/read-config-file.ts';
import { providers } from '../../../../config/providers.ts';

type Files = Record<string, string | Uint8Array>;

/** Reads the configuration of a project that has these files. */
async function read(t: TestContext, files: Files, variables: Record<string, string> = {}) {
  const root = mkdtempSync(join(tmpdir(), 'llm-service-config-'));
  t.after(() => rmSync(root, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  const file = await readConfigFile(root, variables, createJsonSchemas().check);
  return { ...file, root, files: file.files.map((path) => path.slice(root.length + 1)) };
}

const example = 'retention: 3d\n';
const days = 86_400_000;

test('without a file all is as built in', async (t) => {
  const { providers: read1, faults, notices, name, files } = await read(t, {});
  assert.equal(read1, providers);
  assert.deepEqual([faults, notices, name, files], [[], [], undefined, ['configs/config.yaml']]);
});

test('LLM_CONFIG_FILE names another, from the folder of the project, which must be there', async (t) => {
  const files = { 'configs/config.yaml': 'retention: 1d\n', 'etc/prod.yaml': example };
  const { settings, name } = await read(t, files, { LLM_CONFIG_FILE: 'etc/prod.yaml' });
  assert.deepEqual([settings.LLM_RETENTION, name], [3 * days, 'etc/prod.yaml']);
  const missing = await read(t, files, { LLM_CONFIG_FILE: 'etc/other.yaml' });
  assert.deepEqual(missing.faults, ['LLM_CONFIG_FILE names etc/other.yaml, which is not there']);
});

test('a file is read with or without a byte order mark, and whatever ends its lines', async (t) => {
  for (const text of [example, `\ufeff${example}`, example.replace('\n', '\r\n'), `\n\n${example}`])
    assert.equal(
      (await read(t, { 'configs/config.yaml': text })).settings.LLM_RETENTION,
      3 * days,
      JSON.stringify(text),
    );
});

test('another encoding is refused by its name', async (t) => {
  const utf16 = Buffer.from(example, 'utf16le');
  for (const [bytes, fault] of [
    [Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]), 'configs/config.yaml is UTF-16LE: save it as UTF-8'],
    [utf16.swap16(), 'configs/config.yaml is UTF-16BE: save it as UTF-8'],
    [
      Buffer.from('# caf\xe9', 'latin1'),
      'configs/config.yaml is not UTF-8 (perhaps Windows-1252): save it as UTF-8',
    ],
  ] as const)
    assert.deepEqual((await read(t, { 'configs/config.yaml': bytes })).faults, [fault]);
});

test('a directory, a link to itself, and what may not be read, are told', async (t) => {
  const directory = await read(t, { 'configs/config.yaml/x': '' });
  assert.deepEqual(directory.faults, [
    "The configuration's file is configs/config.yaml, which is a directory and no file",
  ]);
  const { root } = await read(t, { 'configs/x': '' });
  symlinkSync('config.yaml', join(root, 'configs/config.yaml'));
  const again = () => readConfigFile(root, {}, createJsonSchemas().check);
  assert.deepEqual((await again()).faults, [
    "The configuration's file is configs/config.yaml, which is a link to itself",
  ]);
  rmSync(join(root, 'configs/config.yaml'));
  writeFileSync(join(root, 'configs/config.yaml'), example);
  chmodSync(join(root, 'configs/config.yaml'), 0);
  // Root may read everything.
  if (process.getuid?.() !== 0)
    assert.deepEqual((await again()).faults, [
      "The configuration's file is configs/config.yaml, which may not be read: permission denied",
    ]);
});

test('an empty file sets nothing, and one of remarks alone says so', async (t) => {
  for (const [text, notices] of [
    ['', []],
    ['# limits:\n#   max_workers: 4\n', ['configs/config.yaml sets nothing.']],
  ] as const) {
    const file = await read(t, { 'configs/config.yaml': text });
    assert.deepEqual([file.faults, file.notices, file.settings.LLM_MAX_WORKERS], [[], notices, undefined]);
  }
});

test('a file under a name that is not read is told', async (t) => {
  for (const name of ['configs/config.yml', 'config.yaml', 'configs/config.json']) {
    const { notices, settings } = await read(t, { [name]: example });
    assert.equal(settings.LLM_RETENTION, undefined);
    assert.match(notices.join(), new RegExp(`^${name} is not read: the configuration's file is`));
  }
});

test('what a task type takes from files beside it is noted, wherever it is wrong', async (t) => {
  const file = await read(t, {
    'configs/config.yaml':
      'task_types:\n  a: { instructions_file: p/a.md, result_schema_file: a.json }\n  b: { instructions_file: none.md, result_schema_file: b.yaml }\n',
    'configs/p/a.md': '\ufeffDo it.\r\n',
    'configs/a.json': '{\n\t"type": "object",\n\t"required": ["a"]\n}',
    'configs/b.yaml': 'type: objekt\n',
  });
  assert.deepEqual(
    [file.ownTypes[0]?.instructions, file.ownTypes[0]?.resultSchema],
    ['Do it.', { type: 'object', required: ['a'] }],
  );
  assert.deepEqual(file.files, [
    'configs/config.yaml',
    'configs/p/a.md',
    'configs/a.json',
    'configs/none.md',
    'configs/b.yaml',
  ]);
  assert.deepEqual(file.faults, [
    'configs/config.yaml:3:27 task_types.b.instructions_file names none.md, which is not there',
    'configs/config.yaml:3:56 task_types.b.result_schema_file names b.yaml, whose /type must be one of array, boolean, integer, null, number, object, string, or a list of them',
  ]);
});
