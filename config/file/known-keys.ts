import { localHostDefaults } from '../known-variables.ts';
import { findNearest } from '../nearest-name.ts';
import { createEditorSchema, type EditorSchema } from './editor-schema.ts';
import type { Path } from './read-yaml.ts';
import { settingPlaces } from './setting-places.ts';

/** Of these a map names providers, models or task types; `*` in a path stands for any. */
function memberOf(schema: EditorSchema | undefined, key: PropertyKey): EditorSchema | undefined {
  const named = schema?.properties?.[String(key)];
  if (named) return named;
  if (typeof key === 'number') return schema?.items;
  return typeof schema?.additionalProperties === 'object' ? schema.additionalProperties : undefined;
}

/** Every place of the file that has a name of its own, such as `providers.<name>.base_url`. */
function listPlaces(schema: EditorSchema = createEditorSchema(), prefix: string[] = []): string[] {
  const { properties = {}, additionalProperties } = schema;
  const inside = Object.entries(properties).flatMap(([key, member]) => listPlaces(member, [...prefix, key]));
  const named =
    typeof additionalProperties === 'object' && additionalProperties.properties
      ? listPlaces(additionalProperties, [...prefix, '<name>'])
      : [];
  return [...(prefix.length > 0 ? [prefix.join('.')] : []), ...inside, ...named];
}

/** What to write instead of a key that is none, as the end of a sentence. */
export function adviseKey(path: Path, key: string): string {
  let schema: EditorSchema | undefined = createEditorSchema();
  for (const segment of path) schema = memberOf(schema, segment);
  const known = Object.keys(schema?.properties ?? {});
  const place = (settingPlaces as Record<string, readonly string[]>)[key];
  if (place) return `here it is ${place.join('.')}`;
  const variable = `LLM_${key.toUpperCase()}`;
  if (variable in localHostDefaults) return `the variable ${variable} sets it`;
  const nearest = findNearest(key, known);
  if (nearest) return `did you mean ${nearest}?`;
  const elsewhere = listPlaces().find((each) => each.split('.').at(-1) === key);
  if (elsewhere) return `it belongs to ${elsewhere}`;
  return `known here are ${known.join(', ')}`;
}
