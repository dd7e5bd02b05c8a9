import { categoryMatch } from '../core/task-types/category-match.ts';
import { custom } from '../core/task-types/custom.ts';
import { dataCleaning } from '../core/task-types/data-cleaning.ts';
import { chatCompletion, embedding } from '../core/task-types/openai-types.ts';
import { semanticAnalysis } from '../core/task-types/semantic-analysis.ts';
import type { TaskType } from '../core/task-types/task-type.ts';
import { textSummarization } from '../core/task-types/text-summarization.ts';
import { translation } from '../core/task-types/translation.ts';

/**
 * Types of this deployment beside the built-in ones. For example:
 *
 *     {
 *       name: 'sku_extraction',
 *       title: 'SKU extraction',
 *       instructions: 'List every article number that the text in the data names.',
 *       resultSchema: {
 *         type: 'object',
 *         properties: { skus: { type: 'array', items: { type: 'string' } } },
 *         required: ['skus'],
 *         additionalProperties: false,
 *       },
 *       requires: 'data',
 *       answerLanguage: 'none',
 *       temperature: 0,
 *       completionTokens: { fixed: 50, perInputToken: 0.1 },
 *     }
 */
const ownTypes: TaskType[] = [];

const byName = (types: TaskType[]): ReadonlyMap<string, TaskType> =>
  new Map(types.map((type) => [type.name, type]));

/** What a submitted task may name. One of `ownTypes` replaces a built-in one of the same name. */
export const submittedTypes = byName([
  semanticAnalysis,
  dataCleaning,
  categoryMatch,
  textSummarization,
  translation,
  custom,
  ...ownTypes,
]);

/** Every task type by name. */
export const taskTypes = byName([...submittedTypes.values(), chatCompletion, embedding]);
