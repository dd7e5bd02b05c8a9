import * as z from 'zod';

export type JsonSchema = Record<string, unknown>;

/**
 * JSON Schema (draft 2020-12) of a zod schema. Schemas with an id are referred to, and put into `components`.
 *
 * @param io `input`: what a caller may send; `output`: what is answered, which may gain members later.
 */
export function convertSchema(
  schema: z.ZodType,
  io: 'input' | 'output',
  components: Record<string, JsonSchema>,
): JsonSchema {
  const {
    $schema: _,
    $defs = {},
    ...root
  } = z.toJSONSchema(schema, {
    io,
    override: ({ zodSchema, jsonSchema }) => {
      tidy(jsonSchema);
      const isStrict = zodSchema._zod.def.type === 'object' && 'catchall' in zodSchema._zod.def;
      if (io === 'output' && jsonSchema.type === 'object' && !isStrict && jsonSchema.properties)
        delete jsonSchema.additionalProperties;
    },
  });
  for (const [id, definition] of Object.entries($defs)) components[id] = pointIntoComponents(definition);
  const id = z.globalRegistry.get(schema)?.id;
  if (id === undefined) return pointIntoComponents(root);
  // A schema that extends another has its id, and zod makes it a reference to that one.
  if (!('$ref' in root)) components[id] = pointIntoComponents(root);
  return { $ref: `#/components/schemas/${id}` };
}

/** Removes what tells a reader nothing, such as the bounds of every safe integer. */
function tidy(schema: z.core.JSONSchema.BaseSchema): void {
  delete schema.id;
  if (schema.format === 'date-time') delete schema.pattern;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (JSON.stringify(schema.propertyNames) === '{"type":"string"}') delete schema.propertyNames;
}

function pointIntoComponents(schema: object): JsonSchema {
  const text = JSON.stringify(schema).replaceAll('"$ref":"#/$defs/', '"$ref":"#/components/schemas/');
  return JSON.parse(text) as JsonSchema;
}
