import type { TaskInput } from '../tasks/task.ts';
import type { JsonSchema } from './json-schemas.ts';

/** A kind of work: what the model is told, and what its answer must look like. */
export interface TaskType {
  /** Lower case letters, digits and underscores, at most 40. */
  name: string;
  title: string;
  /** The task, in English, for a model that has not seen it before; the answer's language is said elsewhere. */
  instructions: string;
  /** Shape of the answer's JSON; a function where the data narrows it; absent: free text. */
  resultSchema?: JsonSchema | ((input: TaskInput) => JsonSchema);
  /** Whether a task must bring a prompt, or data. */
  requires: 'prompt' | 'data';
  /** `input`: in the language of the data (or prompt); `none`: nothing is said about it. */
  answerLanguage: 'input' | 'none';
  /** Used when the caller asks for none; absent: the provider's own. */
  temperature?: number;
  /** Estimate of the answer's length: fixed tokens and a share of the input's. */
  completionTokens: { fixed: number; perInputToken: number };
}

/** The schema that the answer to this input must satisfy: the caller's own before the type's; undefined: free text. */
export function resultSchemaFor(type: TaskType, input: TaskInput): JsonSchema | undefined {
  if (input.responseSchema !== undefined && input.responseSchema !== null)
    return input.responseSchema as JsonSchema;
  return typeof type.resultSchema === 'function' ? type.resultSchema(input) : type.resultSchema;
}
