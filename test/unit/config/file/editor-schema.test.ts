import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { formatEditorSchema } from '../../../../scripts/configuration/format-editor-schema.ts';
import { wrongFiles } from './wrong-files.ts';

const configs = join(resolve(import.meta.dirname, '../../../..'), 'configs');
const read = (file: string) => readFileSync(join(configs, file), 'utf8');
const schema = JSON.parse(read('config.schema.json'));
// As an editor does it: by the committed file and someone else's validator. The pattern says what the format would.
const validate = new Ajv({ strict: true, allErrors: true, validateFormats: false }).compile(schema);

test('configs/config.schema.json is what the schema of the file makes', () => {
  assert.equal(read('config.schema.json'), formatEditorSchema(), 'run npm run config -- schema');
});

test('an editor takes the example, which names the schema in its first line', () => {
  const example = read('example.yaml');
  assert.match(example, /^# yaml-language-server: \$schema=\.\/config\.schema\.json\n/);
  assert.equal(validate(parse(example)), true, JSON.stringify(validate.errors));
});

for (const { title, text, isToldByEditors } of wrongFiles.filter((file) => file.isToldByEditors))
  test(`an editor refuses: ${title}`, () => {
    assert.ok(isToldByEditors);
    assert.equal(validate(parse(text)), false);
  });

test('every key is explained where it is written', () => {
  const undescribed: string[] = [];
  const walk = (node: Record<string, unknown>, path: string) => {
    for (const [key, member] of Object.entries((node.properties ?? {}) as Record<string, typeof node>)) {
      const place = `${path}.${key}`;
      if (!member.description && !/weights\.\w+(\.\w+)?$/.test(place)) undescribed.push(place);
      walk(member, place);
    }
    if (typeof node.additionalProperties === 'object')
      walk(node.additionalProperties as typeof node, `${path}.*`);
  };
  walk(schema, '');
  assert.deepEqual(undescribed, []);
});
