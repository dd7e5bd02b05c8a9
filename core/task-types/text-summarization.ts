import type { TaskType } from './task-type.ts';

export const textSummarization: TaskType = {
  name: 'text_summarization',
  title: 'Text summarization',
  instructions:
    'Summarise the text in the data for a reader who will not read it. `summary`: the whole in a short paragraph, ' +
    'no longer than a third of the text. `key_points`: the points a reader must know, one sentence each, at most ' +
    'seven. Keep numbers, names and dates exact, add nothing, and do not judge. `language` is the ISO 639-1 code ' +
    'of the language you write in.',
  resultSchema: {
    type: 'object',
    properties: {
      summary: { type: 'string', minLength: 1, maxLength: 1_500 },
      key_points: { type: 'array', items: { type: 'string', maxLength: 400 }, maxItems: 7 },
      language: { type: 'string', maxLength: 40 },
    },
    required: ['summary', 'key_points', 'language'],
    additionalProperties: false,
  },
  mends: true,
  requires: 'data',
  answerLanguage: 'input',
  temperature: 0.2,
  completionTokens: { fixed: 120, perInputToken: 0.25 },
};
