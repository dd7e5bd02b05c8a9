import type { TaskType } from './task-type.ts';

// Tasks that OpenAI clients make at endpoints of their own; no submitted task can name them.

/** A chat: its messages are the whole task. */
export const chatCompletion: TaskType = {
  name: 'chat_completion',
  title: 'Chat completion',
  instructions: '',
  requires: 'prompt',
  answerLanguage: 'none',
  completionTokens: { fixed: 400, perInputToken: 0.1 },
};

/** The same, asked for as a response. */
export const response: TaskType = { ...chatCompletion, name: 'response', title: 'Response' };

/** Texts of which a model makes vectors. */
export const embedding: TaskType = {
  name: 'embedding',
  title: 'Embedding',
  instructions: '',
  requires: 'prompt',
  answerLanguage: 'none',
  completionTokens: { fixed: 0, perInputToken: 0 },
};
