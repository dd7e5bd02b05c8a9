import * as z from 'zod';
import { number, oneOf, text } from '../values.ts';

const pathMessage =
  'must be the path of a file beside this one, such as prompts/skus.md, without a leading /, a \\ or ..';
const path = z.string(pathMessage).regex(/^(?!\/|[A-Za-z]:)(?!(?:.*\/)?\.\.(?:\/|$))[^\\]+$/, pathMessage);

/** A task type of the file. core/task-types/task-type.ts says what each member means. */
export const TaskTypeEntry = z
  .strictObject(
    {
      title: text('a title', 100).optional().meta({ description: 'For readers. Default: its name' }),
      instructions: text('what the model is to do', 100_000).optional().meta({
        description: 'What the model is to do, in English. Either these or `instructions_file`',
      }),
      instructions_file: path
        .optional()
        .meta({ description: 'A text file with the instructions, beside this file' }),
      result_schema: z.record(z.string(), z.unknown(), 'must be a JSON Schema: a map').optional().meta({
        description: 'JSON Schema (draft 2020-12) of the answer. Neither this nor its file: free text',
      }),
      result_schema_file: path
        .optional()
        .meta({ description: 'A JSON or YAML file with the schema, beside this file' }),
      requires: oneOf(['data', 'prompt'])
        .optional()
        .meta({ description: 'What a task must bring; data may be part of its prompt. Default: data' }),
      answer_language: oneOf(['none', 'input'])
        .optional()
        .meta({ description: '`input`: the model answers in the language of the data. Default: none' }),
      temperature: number(0, 2).optional().meta({
        description:
          'Where the caller asks for none. Default: the provider’s own. Up to 0.3 results are cached',
      }),
      completion_tokens: z
        .strictObject(
          {
            fixed: number(0, 1_000_000).meta({ description: 'Tokens of any answer' }),
            per_input_token: number(0, 1_000).meta({ description: 'And so many for each token of the data' }),
          },
          'must be a map with fixed and per_input_token',
        )
        .optional()
        .meta({
          description:
            'Estimate of an answer’s length, for rates and routing. Default: 300 tokens and 0.2 for each of the data',
        }),
    },
    'must be a map',
  )
  .meta({ description: 'A kind of work: what the model is told, and what its answer must be' });
export type TaskTypeEntry = z.infer<typeof TaskTypeEntry>;
