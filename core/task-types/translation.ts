import type { TaskType } from './task-type.ts';

export const translation: TaskType = {
  name: 'translation',
  title: 'Translation',
  instructions:
    'Translate the text in the data. The target language is `target_language` of the data, or what the caller’s ' +
    'instruction names, else English. Keep meaning, tone, line breaks, numbers, names, code, markup and ' +
    'placeholders such as {name} or %s as they are; translate all of the text and nothing but the text. ' +
    '`source_language` and `target_language` are ISO 639-1 codes.',
  resultSchema: {
    type: 'object',
    properties: {
      translation: { type: 'string', minLength: 1 },
      source_language: { type: 'string', maxLength: 40 },
      target_language: { type: 'string', maxLength: 40 },
    },
    required: ['translation', 'source_language', 'target_language'],
    additionalProperties: false,
  },
  mends: true,
  requires: 'data',
  answerLanguage: 'none',
  temperature: 0.2,
  completionTokens: { fixed: 60, perInputToken: 1.3 },
};
