import { replaceExact } from '../core/json/exact-number.ts';
import { checkValue } from '../core/json-schema/check-value.ts';
import { normalize } from '../core/json-schema/decimals.ts';
import { CheckTooLongError } from '../core/json-schema/pattern.ts';
import { readSchema } from '../core/json-schema/read-schema.ts';
import type { SchemaDocument } from '../core/json-schema/schema-document.ts';
import type { JsonSchema, JsonSchemas } from '../core/task-types/json-schemas.ts';
import { createPatternCompiler } from './patterns.ts';
import { readJsonAnswers } from './read-json-answer.ts';
import { runInTime } from './run-in-time.ts';

const largestSchema = 32_768;
const mostFaults = 10;
/** Only where a regular expression backtracks: all else is bounded by counting. */
const longestCheckMs = 1_000;

/** What adapters/json-schemas.ts loads where there is a schema. */
export function createJsonSchemaChecks(): JsonSchemas {
  const compilePattern = createPatternCompiler();
  /** Of schemas that were read; an answer and its repair are held against the same. */
  const documents = new WeakMap<JsonSchema, SchemaDocument>();

  async function open(schema: JsonSchema): Promise<SchemaDocument> {
    const known = documents.get(schema);
    if (known) return known;
    const { document } = await readSchema(replaceExact(schema, normalize), compilePattern);
    documents.set(schema, document);
    return document;
  }

  return {
    async check(schema) {
      if (typeof schema !== 'object' || schema === null || Array.isArray(schema))
        return [{ pointer: '', detail: 'is not a JSON Schema: an object is' }];
      if (JSON.stringify(schema).length > largestSchema)
        return [{ pointer: '', detail: `is longer than ${largestSchema} characters` }];
      const { faults } = await readSchema(replaceExact(schema, normalize), compilePattern);
      return faults.slice(0, mostFaults);
    },
    async validate(schema, value) {
      const document = await open(schema);
      const backtracks = [...document.patterns.values()].some((pattern) => pattern.backtracks);
      const check = () => checkValue(document, value);
      try {
        const checked = backtracks ? runInTime(check, longestCheckMs) : { value: check() };
        return checked ? { kind: 'checked', faults: checked.value } : { kind: 'too long' };
      } catch (error) {
        if (error instanceof CheckTooLongError) return { kind: 'too long' };
        throw error;
      }
    },
    read: async (text, isCutOff) => readJsonAnswers(text, isCutOff),
  };
}
