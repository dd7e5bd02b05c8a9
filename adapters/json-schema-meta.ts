const count = { type: 'integer', minimum: 0 };
const schema = { $ref: '#/$defs/schema' };
const schemas = { type: 'array', items: schema, minItems: 1 };
const schemaMap = { type: 'object', additionalProperties: schema };
const names = { type: 'array', items: { type: 'string' } };
const typeName = { enum: ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'] };

/**
 * What a schema of draft 2020-12 may look like (json-schema.org/draft/2020-12/schema), in one piece and
 * without formats.
 */
export const metaSchema = {
  type: 'object',
  $ref: '#/$defs/schema',
  $defs: {
    schema: {
      type: ['object', 'boolean'],
      properties: {
        $ref: { type: 'string', pattern: '^#' },
        $defs: schemaMap,
        type: { anyOf: [typeName, { type: 'array', items: typeName, minItems: 1, uniqueItems: true }] },
        enum: { type: 'array', minItems: 1 },
        required: names,
        properties: schemaMap,
        patternProperties: schemaMap,
        additionalProperties: schema,
        unevaluatedProperties: schema,
        propertyNames: schema,
        dependentRequired: { type: 'object', additionalProperties: names },
        dependentSchemas: schemaMap,
        minProperties: count,
        maxProperties: count,
        items: schema,
        prefixItems: schemas,
        contains: schema,
        unevaluatedItems: schema,
        minItems: count,
        maxItems: count,
        minContains: count,
        maxContains: count,
        uniqueItems: { type: 'boolean' },
        minimum: { type: 'number' },
        maximum: { type: 'number' },
        exclusiveMinimum: { type: 'number' },
        exclusiveMaximum: { type: 'number' },
        multipleOf: { type: 'number', exclusiveMinimum: 0 },
        minLength: count,
        maxLength: count,
        pattern: { type: 'string', maxLength: 200 },
        format: { type: 'string' },
        title: { type: 'string' },
        description: { type: 'string' },
        allOf: schemas,
        anyOf: schemas,
        oneOf: schemas,
        not: schema,
        if: schema,
        // biome-ignore lint/suspicious/noThenProperty: the keyword's name in JSON Schema
        then: schema,
        else: schema,
      },
    },
  },
};
