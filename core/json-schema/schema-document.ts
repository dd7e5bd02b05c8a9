import { appendPointer, type JsonObject } from './json-value.ts';
import type { Inside } from './keywords.ts';
import type { Pattern } from './pattern.ts';

/** A schema that was walked: what its references lead to, and its regular expressions. */
export interface SchemaDocument {
  readonly root: unknown;
  /** By the schema that holds the `$ref`. */
  readonly targets: ReadonlyMap<JsonObject, unknown>;
  readonly patterns: ReadonlyMap<string, Pattern>;
  /** Some `unevaluatedProperties` or `unevaluatedItems` asks what other keywords have looked at. */
  readonly tracksEvaluation: boolean;
}

/** The schemas in a keyword's value, and where they are. */
export function schemasInside(
  inside: Inside | undefined,
  value: unknown,
  pointer: string,
): [schema: unknown, pointer: string][] {
  if (inside === 'schema') return [[value, pointer]];
  if (inside === 'list')
    return (value as unknown[]).map((inner, index) => [inner, appendPointer(pointer, index)]);
  if (inside !== 'map') return [];
  return Object.entries(value as JsonObject).map(([name, inner]) => [inner, appendPointer(pointer, name)]);
}
