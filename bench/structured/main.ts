import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { findProvider } from '../../config/providers.ts';
import { Provider } from '../../core/providers/provider.ts';
import { createProgress } from '../progress.ts';
import { createTaskRunner, type Run } from './run-task.ts';
import { sampleTasks } from './sample-tasks.ts';

/**
 * npm run bench:structured -- --base-url http://127.0.0.1:8080/v1 [--model name] [--modes json_schema,prompt]
 *   [--max-tokens 600] [--only translation] [--short] [--json file]
 *
 * Runs forty tasks of the built-in types in four languages, some of 3,000 words, with a real model behind an
 * OpenAI-compatible server. Counts, for each way of asking for a schema, how many results are valid at once, how many in
 * the end, and the tokens used. With --short the texts of 3,000 words are left out, which take most of the time.
 */
const { values } = parseArgs({
  options: {
    'base-url': { type: 'string', default: 'http://127.0.0.1:8080/v1' },
    model: { type: 'string', default: 'default' },
    modes: { type: 'string', default: 'json_schema' },
    'max-tokens': { type: 'string', default: '600' },
    only: { type: 'string' },
    short: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});

function summarize(runs: Run[]) {
  const share = (count: number) => `${Math.round((100 * count) / runs.length)} %`;
  const tokens = runs.reduce((sum, run) => sum + run.promptTokens + run.completionTokens, 0);
  return {
    tasks: runs.length,
    'valid at first': share(runs.filter(({ isValid, calls }) => isValid && calls === 1).length),
    'valid in the end': share(runs.filter(({ isValid }) => isValid).length),
    'put right': runs.filter(({ repairs }) => repairs > 0).length,
    'tokens a task': Math.round(tokens / runs.length),
    'of them written': Math.round(runs.reduce((sum, run) => sum + run.completionTokens, 0) / runs.length),
    'calls a task': (runs.reduce((sum, run) => sum + run.calls, 0) / runs.length).toFixed(2),
  };
}

/** Characters. */
const longText = 4_000;

const report: Record<string, ReturnType<typeof summarize>> = {};
const all: (Run & { mode: string })[] = [];
for (const mode of values.modes.split(',')) {
  const provider = Provider.parse({ ...findProvider('local'), structuredOutput: mode });
  const run = createTaskRunner({
    provider,
    baseUrl: values['base-url'],
    model: values.model,
    maxTokens: Number(values['max-tokens']),
  });
  const tasks = sampleTasks.filter(
    ({ type, data }) =>
      (values.only === undefined || type === values.only) &&
      !(values.short && JSON.stringify(data).length > longText),
  );
  const progress = createProgress(mode.padEnd(12));
  const runs: Run[] = [];
  for (const [index, task] of tasks.entries()) {
    const done = await run(task);
    runs.push(done);
    progress.tell(
      `${index + 1} of ${tasks.length}: ${task.type} in ${task.language} ${done.isValid ? 'is valid' : done.error}`,
    );
  }
  report[mode] = summarize(runs);
  for (const type of new Set(tasks.map((task) => task.type)))
    report[`${mode}: ${type}`] = summarize(runs.filter((each) => each.type === type));
  progress.end(JSON.stringify(report[mode]));
  all.push(...runs.map((each) => ({ mode, ...each })));
}
console.table(report);
if (values.json) {
  const { model } = values;
  const json = JSON.stringify({ at: new Date().toISOString(), model, report, runs: all }, undefined, 2);
  await writeFile(values.json, `${json}\n`);
}
