import type { TaskType } from './task-type.ts';

export const semanticAnalysis: TaskType = {
  name: 'semantic_analysis',
  title: 'Semantic analysis',
  instructions:
    'Analyse the meaning of the text in the data: sum it up in one or two sentences, judge its sentiment ' +
    '(-1 very negative, 1 very positive), name its topics, the author’s intent in a few words, and the most important ' +
    'people, organisations, places, products, dates and amounts it mentions. Take nothing from outside the text. ' +
    '`language` is the text’s language as an ISO 639-1 code.',
  resultSchema: {
    type: 'object',
    properties: {
      summary: { type: 'string', maxLength: 600 },
      sentiment: { type: 'string', enum: ['positive', 'negative', 'neutral', 'mixed'] },
      sentiment_score: { type: 'number', minimum: -1, maximum: 1 },
      intent: { type: 'string', maxLength: 200 },
      topics: { type: 'array', items: { type: 'string', maxLength: 80 }, maxItems: 5 },
      entities: {
        type: 'array',
        maxItems: 15,
        items: {
          type: 'object',
          properties: {
            name: { type: 'string', maxLength: 120 },
            kind: {
              type: 'string',
              enum: ['person', 'organization', 'place', 'product', 'date', 'amount', 'other'],
            },
          },
          required: ['name', 'kind'],
          additionalProperties: false,
        },
      },
      language: { type: 'string', maxLength: 40 },
    },
    required: ['summary', 'sentiment', 'sentiment_score', 'intent', 'topics', 'entities', 'language'],
    additionalProperties: false,
  },
  mends: true,
  requires: 'data',
  answerLanguage: 'input',
  temperature: 0,
  completionTokens: { fixed: 200, perInputToken: 0.1 },
};
