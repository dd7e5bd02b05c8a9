import type { TaskType } from './task-type.ts';

/** The caller's prompt is the whole task; free text unless the caller brings a response_schema. */
export const custom: TaskType = {
  name: 'custom',
  title: 'Custom',
  instructions: '',
  requires: 'prompt',
  answerLanguage: 'none',
  completionTokens: { fixed: 400, perInputToken: 0.1 },
};
