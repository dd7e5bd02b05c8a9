import type { TaskInput } from '../tasks/task.ts';
import { countValues, shapeOf } from './data-shape.ts';
import type { JsonSchema } from './json-schemas.ts';
import type { TaskType } from './task-type.ts';

export const dataCleaning: TaskType = {
  name: 'data_cleaning',
  title: 'Data cleaning',
  instructions:
    'Clean the data: trim and normalise white space, letter case, dates (ISO 8601), telephone numbers (E.164), ' +
    'units and obvious misspellings; remove exact duplicates. Keep its structure, field names and languages, and ' +
    'never invent a value: what is missing or cannot be mended stays as it is and is named in `issues`. `cleaned` ' +
    'is the whole data in its cleaned form; `changes` lists every change, `field` as a path such as `users[0].email`.',
  resultSchema: schemaFor,
  mends: true,
  requires: 'data',
  answerLanguage: 'input',
  temperature: 0,
  completionTokens: { fixed: 100, perInputToken: 1.5 },
};

function schemaFor({ data }: TaskInput): JsonSchema {
  return {
    type: 'object',
    properties: {
      cleaned: data === undefined || data === null ? {} : shapeOf(data),
      changes: {
        type: 'array',
        // Of a text each part may change.
        maxItems: typeof data === 'object' && data !== null ? Math.max(countValues(data), 1) : 20,
        items: {
          type: 'object',
          properties: {
            field: { type: 'string', maxLength: 200 },
            before: { type: 'string', maxLength: 500 },
            after: { type: 'string', maxLength: 500 },
          },
          required: ['field', 'before', 'after'],
          additionalProperties: false,
        },
      },
      issues: { type: 'array', items: { type: 'string', maxLength: 300 }, maxItems: 10 },
    },
    required: ['cleaned', 'changes', 'issues'],
    additionalProperties: false,
  };
}
