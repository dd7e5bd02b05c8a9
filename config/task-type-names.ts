import type { OwnTaskType } from './task-types.ts';

const builtIn = [
  'semantic_analysis',
  'data_cleaning',
  'category_match',
  'text_summarization',
  'translation',
  'custom',
  'chat_completion',
  'response',
  'embedding',
];

/** Names of all task types, for functions that need nothing else of them: the built-in ones, then a deployment's own. */
export function listTaskTypeNames(own: readonly OwnTaskType[] = []): string[] {
  return [...new Set([...builtIn, ...own.map(({ name }) => name)])];
}
