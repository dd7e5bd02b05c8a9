import type { FieldFault } from '../../core/service-error.ts';
import type { JsonSchema } from '../../core/task-types/json-schemas.ts';
import { chatCompletion, embedding, response } from '../../core/task-types/openai-types.ts';
import type { OwnTaskType } from '../task-types.ts';
import { type Fault, fault, said } from './faults.ts';
import type { BesideFiles } from './read-beside.ts';
import type { Path } from './read-yaml.ts';
import type { TaskTypeEntry } from './task-type-entry.ts';

/** What is wrong with a JSON Schema, with pointers into it. */
export type CheckSchema = (schema: unknown) => Promise<FieldFault[]>;

const unsaidTokens = { fixed: 300, per_input_token: 0.2 };

/** The task types of the file, with what they take from files beside it. */
export async function readOwnTaskTypes(
  entries: Readonly<Record<string, TaskTypeEntry>>,
  beside: BesideFiles,
  checkSchema: CheckSchema,
): Promise<{ types: OwnTaskType[]; faults: Fault[] }> {
  const faults: Fault[] = [];
  const types: OwnTaskType[] = [];
  for (const [name, entry] of Object.entries(entries)) {
    const path = ['task_types', name];
    if ([chatCompletion.name, response.name, embedding.name].includes(name))
      faults.push(fault(path, 'is the type of an OpenAI endpoint: choose another name', 'key'));
    const instructions = readInstructions(path, entry, beside, faults);
    const resultSchema = await readResultSchema(path, entry, beside, checkSchema, faults);
    const { fixed, per_input_token: perInputToken } = entry.completion_tokens ?? unsaidTokens;
    types.push({
      name,
      title: entry.title ?? name,
      instructions,
      requires: entry.requires ?? 'data',
      answerLanguage: entry.answer_language ?? 'none',
      completionTokens: { fixed, perInputToken },
      ...said({ resultSchema, temperature: entry.temperature }),
    });
  }
  return { types, faults };
}

function readInstructions(path: Path, entry: TaskTypeEntry, beside: BesideFiles, faults: Fault[]): string {
  const { instructions, instructions_file: file } = entry;
  if ((instructions === undefined) === (file === undefined)) {
    const message = 'needs instructions or instructions_file, one of the two';
    faults.push(fault(path, message, 'key'));
  }
  if (file === undefined) return instructions ?? '';
  const read = beside.readText([...path, 'instructions_file'], file);
  if ('fault' in read) faults.push(read.fault);
  else if (read.text.trim() === '')
    faults.push(fault([...path, 'instructions_file'], `names ${file}, in which nothing is written`));
  return 'text' in read ? read.text.trim() : '';
}

async function readResultSchema(
  path: Path,
  entry: TaskTypeEntry,
  beside: BesideFiles,
  checkSchema: CheckSchema,
  faults: Fault[],
): Promise<JsonSchema | undefined> {
  const { result_schema: schema, result_schema_file: file } = entry;
  if (schema !== undefined && file !== undefined)
    faults.push(fault(path, 'has both result_schema and result_schema_file: one of them', 'key'));
  if (file !== undefined) {
    const at = [...path, 'result_schema_file'];
    const read = beside.readValue(at, file);
    if ('faults' in read) {
      faults.push(...read.faults);
      return undefined;
    }
    for (const { pointer, detail } of await checkSchema(read.value))
      faults.push(fault(at, `names ${file}, whose ${pointer || 'schema'} ${detail}`));
    return read.value as JsonSchema;
  }
  if (schema === undefined) return undefined;
  for (const { pointer, detail } of await checkSchema(schema)) {
    const inside = pointer.split('/').slice(1).map(readSegment);
    faults.push(fault([...path, 'result_schema', ...inside], detail));
  }
  return schema;
}

/** A segment of a JSON Pointer (RFC 6901). */
function readSegment(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}
