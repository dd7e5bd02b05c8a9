import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createJsonSchemas } from '../../adapters/json-schemas.ts';
import { createLanguageModel } from '../../adapters/language-models.ts';
import { findProvider } from '../../config/providers.ts';
import { taskTypes } from '../../config/task-types.ts';
import type { LanguageModel } from '../../core/attempts/language-model.ts';
import { requestStructuredOutput } from '../../core/attempts/request-structured-output.ts';
import type { Provider } from '../../core/providers/provider.ts';
import { buildMessages } from '../../core/task-types/build-messages.ts';
import { resultSchemaFor } from '../../core/task-types/task-type.ts';
import { createProgress } from '../progress.ts';
import { sampleTasks } from './sample-tasks.ts';

/**
 * npm run bench:structured -- --base-url http://127.0.0.1:8080/v1 [--model name] [--json file]
 *
 * Runs twenty tasks of the built-in types with a real model behind an OpenAI-compatible server. Counts, for
 * each way of asking for a schema, how many results are valid at once and how many after the repair.
 */
const { values } = parseArgs({
  options: {
    'base-url': { type: 'string', default: 'http://127.0.0.1:8080/v1' },
    model: { type: 'string', default: 'default' },
    modes: { type: 'string', default: 'json_schema,json_object,prompt' },
    json: { type: 'string' },
  },
});
const schemas = createJsonSchemas();
const local = findProvider('local') as Provider;

type Mode = Provider['structuredOutput'];
type Ending = 'valid at once' | 'valid after repair' | 'invalid' | 'call failed';

async function runTask(mode: Mode, task: (typeof sampleTasks)[number]): Promise<Ending> {
  const provider = { ...local, structuredOutput: mode };
  const model = createLanguageModel({
    provider,
    baseUrl: values['base-url'],
    readKey: async () => undefined,
    now: Date.now,
    random: Math.random,
  });
  const type = taskTypes.get(task.type);
  const input = { prompt: task.prompt ?? null, data: task.data };
  const schema = type && resultSchemaFor(type, input);
  if (!type || !schema) throw new Error(`${task.type} has no schema`);
  let calls = 0;
  const counting: LanguageModel = {
    ...model,
    complete(request) {
      calls += 1;
      return model.complete(request);
    },
  };
  const request = {
    model: values.model,
    messages: buildMessages(type, input, mode !== 'json_schema'),
    temperature: type.temperature,
    maxTokens: 600,
    responseSchema: schema,
    signal: AbortSignal.timeout(600_000),
  };
  try {
    const { repaired } = await requestStructuredOutput(counting, schemas, request, schema, async () => {});
    return repaired ? 'valid after repair' : 'valid at once';
  } catch (error) {
    return (error as { kind?: string }).kind === 'invalid_output' && calls === 2 ? 'invalid' : 'call failed';
  }
}

const report: Record<string, Record<string, number>> = {};
for (const mode of values.modes.split(',') as Mode[]) {
  const progress = createProgress(mode.padEnd(12));
  const endings: Record<string, number> = {
    'valid at once': 0,
    'valid after repair': 0,
    invalid: 0,
    'call failed': 0,
  };
  for (const [index, task] of sampleTasks.entries()) {
    const ending = await runTask(mode, task);
    endings[ending] = (endings[ending] ?? 0) + 1;
    progress.tell(`${index + 1} of ${sampleTasks.length}: ${task.type} ${ending}`);
  }
  progress.end(JSON.stringify(endings));
  report[mode] = endings;
}
console.table(report);
const json = JSON.stringify({ at: new Date().toISOString(), model: values.model, report }, undefined, 2);
if (values.json) await writeFile(values.json, `${json}\n`);
else console.log(json);
