import type { TaskType } from './task-type.ts';

export const dataCleaning: TaskType = {
  name: 'data_cleaning',
  title: 'Data cleaning',
  instructions:
    'Clean the data: trim and normalise white space, letter case, dates (ISO 8601), telephone numbers (E.164), ' +
    'units and obvious misspellings; remove exact duplicates. Keep its structure, field names and languages, and ' +
    'never invent a value: what is missing or cannot be mended stays as it is and is named in `issues`. `cleaned` ' +
    'is the whole data in its cleaned form; `changes` lists every change, `field` as a path such as `users[0].email`, ' +
    '`reason` in a few words.',
  resultSchema: {
    type: 'object',
    properties: {
      cleaned: { description: 'The cleaned data, in the shape of the input' },
      changes: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            field: { type: 'string' },
            before: { type: 'string' },
            after: { type: 'string' },
            reason: { type: 'string' },
          },
          required: ['field', 'before', 'after', 'reason'],
          additionalProperties: false,
        },
      },
      issues: { type: 'array', items: { type: 'string' } },
    },
    required: ['cleaned', 'changes', 'issues'],
    additionalProperties: false,
  },
  mends: true,
  requires: 'data',
  answerLanguage: 'input',
  temperature: 0,
  completionTokens: { fixed: 100, perInputToken: 1.5 },
};
