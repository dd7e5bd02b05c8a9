import type { JsonSchemas } from '../ports/json-schemas.ts';
import type { FieldFault } from '../service-error.ts';
import type { TaskInput } from '../task.ts';
import type { TaskType } from './task-type.ts';

/** Faults of a submitted task that only its type can tell, pointers into the request's body; empty: it may run. */
export function checkTaskInput(type: TaskType, input: TaskInput, schemas: JsonSchemas): FieldFault[] {
  const faults: FieldFault[] = [];
  if (type.requires === 'prompt' && !input.prompt?.trim())
    faults.push({ pointer: '/prompt', detail: `is required for the type ${type.name}` });
  if (type.requires === 'data' && isEmpty(input.data) && !input.prompt?.trim())
    faults.push({
      pointer: '/data',
      detail: `is required for the type ${type.name}, unless the prompt brings it`,
    });
  if (input.responseSchema !== undefined && input.responseSchema !== null)
    for (const { pointer, detail } of schemas.check(input.responseSchema))
      faults.push({ pointer: `/config/response_schema${pointer}`, detail });
  return faults;
}

function isEmpty(data: unknown): boolean {
  return data === undefined || data === null || data === '';
}
