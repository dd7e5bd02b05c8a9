import type { TaskInput } from '../tasks/task.ts';
import type { JsonSchema } from './json-schemas.ts';
import type { TaskType } from './task-type.ts';

export const categoryMatch: TaskType = {
  name: 'category_match',
  title: 'Category match',
  instructions:
    'Choose the one category of `categories` in the data that fits the rest of the data best, and name it exactly as ' +
    'it stands there; null when none fits. Without a list of categories, propose one. `confidence` is how sure you are. ' +
    '`reason` is one sentence. `alternatives` are other categories that fit nearly as well, best first; most often there ' +
    'are none.',
  resultSchema: schemaFor,
  mends: true,
  requires: 'data',
  answerLanguage: 'input',
  temperature: 0,
  completionTokens: { fixed: 120, perInputToken: 0 },
};

/** With the categories in the data as a list of strings, no other name can be answered. */
function schemaFor({ data }: TaskInput): JsonSchema {
  const categories = categoriesOf(data);
  const others = categories ? categories.length - 1 : mostAlternatives;
  const category = categories ? { enum: categories } : { type: 'string' };
  const confidence = { type: 'number', minimum: 0, maximum: 1 };
  return {
    type: 'object',
    properties: {
      category: categories ? { enum: [...categories, null] } : { type: ['string', 'null'] },
      confidence,
      reason: { type: 'string', maxLength: 400 },
      alternatives: {
        type: 'array',
        maxItems: Math.min(others, mostAlternatives),
        items: {
          type: 'object',
          properties: { category, confidence },
          required: ['category', 'confidence'],
          additionalProperties: false,
        },
      },
    },
    required: ['category', 'confidence', 'reason', 'alternatives'],
    additionalProperties: false,
  };
}

const mostAlternatives = 3;

/** Providers accept at most a few hundred values in an enum. */
const mostCategories = 200;

function categoriesOf(data: unknown): string[] | undefined {
  if (typeof data !== 'object' || data === null || !('categories' in data)) return undefined;
  const { categories } = data;
  if (!Array.isArray(categories) || categories.length === 0) return undefined;
  const names = [...new Set(categories.filter((name): name is string => typeof name === 'string'))];
  return names.length > 0 && names.length <= mostCategories ? names : undefined;
}
