import { deepestJson } from '../json/json-depth.ts';
import type { FieldFault } from '../service-error.ts';
import type { TaskInput } from '../tasks/task.ts';
import type { JsonSchemas } from './json-schemas.ts';
import type { TaskType } from './task-type.ts';

/** Levels. Far above real schemas. */
const deepestSchema = 50;

/** What is wrong with a task for its type, with pointers into the request's body; empty: it may run. */
export async function checkTaskInput(
  type: TaskType,
  input: TaskInput,
  schemas: JsonSchemas,
): Promise<FieldFault[]> {
  const faults: FieldFault[] = [];
  if (type.requires === 'prompt' && !input.prompt?.trim())
    faults.push({ pointer: '/prompt', detail: `is required for the type ${type.name}` });
  if (type.requires === 'data' && isEmpty(input.data) && !input.prompt?.trim())
    faults.push({
      pointer: '/data',
      detail: `is required for the type ${type.name}, unless the prompt brings it`,
    });
  if (nestsDeeperThan(deepestJson, input.data))
    faults.push({ pointer: '/data', detail: `nests deeper than ${deepestJson} levels` });
  if (nestsDeeperThan(deepestSchema, input.responseSchema))
    faults.push({
      pointer: '/config/response_schema',
      detail: `nests deeper than ${deepestSchema} levels`,
    });
  else if (input.responseSchema !== undefined && input.responseSchema !== null)
    for (const { pointer, detail } of await schemas.check(input.responseSchema))
      faults.push({ pointer: `/config/response_schema${pointer}`, detail });
  return faults;
}

function isEmpty(data: unknown): boolean {
  return data === undefined || data === null || data === '';
}

/** Goes level by level: a recursion would exhaust the stack on the values that are looked for. */
function nestsDeeperThan(limit: number, value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limit) return true;
    level = level.flatMap((member) =>
      typeof member === 'object' && member !== null ? Object.values(member) : [],
    );
  }
  return false;
}
