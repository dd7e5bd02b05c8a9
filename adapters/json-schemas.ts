import type { JsonSchemas } from '../core/task-types/json-schemas.ts';
import { once } from './once.ts';

/**
 * JSON Schema, draft 2020-12, of schemas and values that nobody trusts. Its code is loaded by the first schema: an
 * environment whose tasks have none never needs it.
 */
export function createJsonSchemas(): JsonSchemas {
  const open = once(async () => (await import('./json-schema-checks.ts')).createJsonSchemaChecks());
  return {
    check: async (schema) => (await open()).check(schema),
    validate: async (schema, value) => (await open()).validate(schema, value),
    read: async (text, isCutOff) => (await open()).read(text, isCutOff),
  };
}
