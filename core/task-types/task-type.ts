import type { TaskInput } from '../tasks/task.ts';
import type { JsonSchema } from './json-schemas.ts';

/** A kind of work: what the model is told, and what its answer must look like. */
export interface TaskType {
  /** Lower case letters, digits and underscores, at most 40. */
  name: string;
  title: string;
  /** What the model is to do, in English. build-messages.ts adds the language of the answer. */
  instructions: string;
  /** Schema of the answer's JSON; a function where it depends on the data; absent: free text. */
  resultSchema?: JsonSchema | ((input: TaskInput) => JsonSchema);
  /**
   * Whether plain slips of a model against `resultSchema` are put right (core/task-types/mend-value.ts) and listed on the
   * result. Never where the caller brings a schema.
   */
  mends?: boolean;
  /** What a task must bring. `data` may also be part of the prompt. */
  requires: 'prompt' | 'data';
  /** `input`: the model is told to answer in the language of the data or prompt; `none`: it is not. */
  answerLanguage: 'input' | 'none';
  /** Used when the caller asks for none; absent: the provider's own. */
  temperature?: number;
  /** Estimate of the answer's tokens: a fixed number and a share of those of the data. */
  completionTokens: { fixed: number; perInputToken: number };
}

/** The schema that the answer must satisfy: the caller's, else the type's; undefined: free text. */
export function resultSchemaFor(type: TaskType, input: TaskInput): JsonSchema | undefined {
  if (input.responseSchema !== undefined && input.responseSchema !== null)
    return input.responseSchema as JsonSchema;
  return typeof type.resultSchema === 'function' ? type.resultSchema(input) : type.resultSchema;
}
