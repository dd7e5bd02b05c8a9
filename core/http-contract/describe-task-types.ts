import { resultSchemaFor, type TaskType } from '../task-types/task-type.ts';
import type { JsonSchema } from './convert-schema.ts';

/**
 * Names the task types of this deployment in the schema of a task request, and adds a schema `<Type>Data` of
 * what `result.data` is. A schema that depends on the task's data is described as it is without data.
 */
export function describeTaskTypes(types: readonly TaskType[], schemas: Record<string, JsonSchema>): void {
  const properties = schemas.TaskRequest?.properties as Record<string, JsonSchema> | undefined;
  if (!properties?.type) throw new Error('The schema TaskRequest has no type');
  properties.type = {
    ...properties.type,
    description: `What to do:\n${types.map((type) => describe(type, schemas)).join('\n')}`,
    enum: types.map(({ name }) => name),
  };
}

/** One sentence about the type; puts its schema into `schemas`. */
function describe(type: TaskType, schemas: Record<string, JsonSchema>): string {
  const needs = type.requires === 'prompt' ? 'needs `prompt`' : 'needs `data`, or a `prompt` that brings it';
  const result = resultSchemaFor(type, { prompt: null });
  if (!result)
    return `- ${type.name} (${type.title}): ${needs}; free text, unless \`response_schema\` is set`;
  const component = `${pascalCase(type.name)}Data`;
  // Its references begin at its own root, which is now a place in the document.
  const text = JSON.stringify(result).replaceAll('"$ref":"#', `"$ref":"#/components/schemas/${component}`);
  schemas[component] = { description: `\`result.data\` of the type ${type.name}`, ...JSON.parse(text) };
  return `- ${type.name} (${type.title}): ${needs}; \`result.data\` is \`${component}\``;
}

function pascalCase(name: string): string {
  return name
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
