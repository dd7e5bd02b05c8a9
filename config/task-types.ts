import { categoryMatch } from '../core/task-types/category-match.ts';
import { custom } from '../core/task-types/custom.ts';
import { dataCleaning } from '../core/task-types/data-cleaning.ts';
import type { JsonSchema } from '../core/task-types/json-schemas.ts';
import { chatCompletion, embedding, response } from '../core/task-types/openai-types.ts';
import { semanticAnalysis } from '../core/task-types/semantic-analysis.ts';
import type { TaskType } from '../core/task-types/task-type.ts';
import { textSummarization } from '../core/task-types/text-summarization.ts';
import { translation } from '../core/task-types/translation.ts';

/** A type that configs/config.yaml defines: it goes to the functions as JSON. */
export type OwnTaskType = TaskType & { resultSchema?: JsonSchema };

const builtIn: readonly TaskType[] = [
  semanticAnalysis,
  dataCleaning,
  categoryMatch,
  textSummarization,
  translation,
  custom,
];

const byName = (types: readonly TaskType[]): ReadonlyMap<string, TaskType> =>
  new Map(types.map((type) => [type.name, type]));

/** What a submitted task may name: the built-in types, and a deployment's own, which take the place of those they are named as. */
export function listSubmittedTypes(own: readonly OwnTaskType[] = []): ReadonlyMap<string, TaskType> {
  return byName([...builtIn, ...own]);
}

/** Every task type by name: those of OpenAI's endpoints too. */
export function listTaskTypes(own: readonly OwnTaskType[] = []): ReadonlyMap<string, TaskType> {
  return byName([...listSubmittedTypes(own).values(), chatCompletion, response, embedding]);
}

/** The built-in ones. */
export const taskTypes = listTaskTypes();
