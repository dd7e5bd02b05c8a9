import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { createEditorSchema, type EditorSchema } from '../../../../config/file/editor-schema.ts';
import { settingPlaces } from '../../../../config/file/setting-places.ts';
import { routingWeights } from '../../../../config/routing.ts';
import { mergeSettings } from '../../../../config/setting-values.ts';
import { webhookRetryDelays } from '../../../../core/webhooks/retry-delays.ts';
import { readText } from './read-text.ts';

const configs = join(resolve(import.meta.dirname, '../../../..'), 'configs');
const text = readFileSync(join(configs, 'example.yaml'), 'utf8');
const lines = text.split('\n');
const file = await readText(text, configs);

test('the example is right, with the files beside it', () => {
  assert.deepEqual(file.faults, []);
  const triage = file.ownTypes.find(({ name }) => name === 'ticket_triage');
  assert.match(triage?.instructions ?? '', /^Read the customer's message/);
  assert.deepEqual(triage?.resultSchema?.required, ['urgency', 'team', 'summary']);
});

test('every key of the schema is in the example, and none beside', () => {
  const missing: string[] = [];
  const walk = (schema: EditorSchema, values: unknown[], path: string) => {
    for (const [key, member] of Object.entries(schema.properties ?? {})) {
      const inside = values.flatMap((value) => {
        const found = (value as Record<string, unknown>)[key];
        return found === undefined ? [] : [found];
      });
      if (inside.length === 0) missing.push(`${path}${key}`);
      walk(member, inside, `${path}${key}.`);
    }
    if (typeof schema.additionalProperties === 'object' && schema.additionalProperties.properties)
      walk(
        schema.additionalProperties,
        values.flatMap((value) => Object.values(value as object)),
        `${path}*.`,
      );
  };
  walk(createEditorSchema(), [parse(text)], '');
  assert.deepEqual(missing, []);
});

test('its values are the defaults, but for lines that say that they are examples', () => {
  const defaults = { ...mergeSettings({}, {}), LLM_WEBHOOK_RETRY_DELAYS: webhookRetryDelays };
  const examples: string[] = [];
  for (const [variable, place] of Object.entries(settingPlaces)) {
    const line = Number(file.originOf(place)?.split(':')[1]);
    assert.ok(line > 0, `${place.join('.')} is in the example`);
    if (/# example/.test(lines[line - 1] ?? '')) examples.push(place.join('.'));
    else
      assert.deepEqual(
        file.settings[variable as keyof typeof settingPlaces],
        defaults[variable as keyof typeof defaults],
        place.join('.'),
      );
  }
  // What has no default that could be written.
  assert.deepEqual(examples, [
    'enabled_providers',
    'limits.max_workers',
    'limits.types',
    'webhooks.allow_http',
    'webhooks.allow_private',
    'webhooks.ports',
  ]);
  assert.deepEqual(file.routingWeights, routingWeights);
});
