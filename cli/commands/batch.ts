import { readFileSync } from 'node:fs';
import { cutBatches, readTasks } from '../../client/task-lines.ts';
import { collectResults } from '../batch/collect-results.ts';
import { createProgressBar } from '../batch/progress-bar.ts';
import { type LineResult, RunRecord } from '../batch/run-record.ts';
import { sendBatch } from '../batch/send-batch.ts';
import { type Command, text } from '../command.ts';
import { UsageError } from '../usage-error.ts';

/** Batches that are waited for at a time: each has a connection of its own. */
const batchesAtOnce = 8;

export const batch: Command = {
  summary: 'hand in a file of tasks and collect their results',
  usage: 'batch <file.jsonl> [--output <file>] [--restart]',
  help: `Each line of the file is a task as POST /api/v1/tasks takes it:

  {"type":"translation","data":{"text":"Good morning","target_language":"fr"}}
  {"type":"custom","prompt":"Name three rivers.","priority":"low"}

  {program} batch tasks.jsonl

Each line of the results, by default in tasks.results.jsonl, says what became of one: {"line","task_id","status","result",
"error"}, in the order in which they ended. The same command goes on with what was interrupted, also after a kill: it
hands in nothing twice, and adds what is missing. What it needs for that is in <results>.progress.

  --output <file>   where the results go
  --restart         forget the results of an earlier run, and hand in everything again`,
  options: { output: { type: 'string' }, restart: { type: 'boolean' } },
  async run({ values, positionals }, { client, output, signal, program }) {
    const [path, ...others] = positionals;
    if (!path || others.length > 0) throw new UsageError('Name one file of tasks: batch tasks.jsonl');
    const resultsPath =
      text(values, 'output') ?? `${path.replace(/\.(jsonl|ndjson|json)$/, '')}.results.jsonl`;
    const input = readInput(path);
    const { tasks, faults } = readTasks(input);
    const total = tasks.length + faults.length;
    if (total === 0) throw new UsageError(`${path} has no task: write one as JSON in each line`);
    const record = new RunRecord(resultsPath, input, values.restart === true);
    if (record.isContinued) output.note(`Going on: ${record.done.size} of ${total} lines have their results`);
    record.addResults(...faults.map(({ line, message }) => unreadable(line, message)));
    const bar = createProgressBar(total, process.stderr, record.done.size);
    const tell = (more = '') => bar.tell(record.done.size, notCompleted(record), more);
    tell();

    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    const running = new Set<Promise<void>>();
    try {
      for (const [number, lines] of cutBatches(tasks).entries()) {
        if (lines.every(({ line }) => record.done.has(line))) continue;
        const sent =
          record.sent.get(number) ??
          (await sendBatch(number, lines, record, client, either, () => tell(', the queue is full')));
        if (!sent) continue;
        const collecting = collectResults(sent, record, client, either, () => tell());
        const settled = collecting.then(() => {
          running.delete(settled);
        });
        // Whoever waits for it below is told.
        settled.catch(() => {});
        running.add(settled);
        if (running.size >= batchesAtOnce) await Promise.race(running);
      }
      await Promise.all(running);
    } catch (error) {
      failed.abort(error);
      bar.end();
      output.note(`What was handed in goes on. Go on with it: ${program} batch ${path}${again(values)}`);
      throw error;
    }
    tell();
    bar.end();
    const summary = { lines: total, ...countStatuses(record), output: resultsPath };
    output.result(summary, describeSummary);
    return summary.completed === total ? 0 : 1;
  },
};

function readInput(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`);
  }
}

function unreadable(line: number, message: string): LineResult {
  return { line, task_id: null, status: 'rejected', result: null, error: { code: 'invalid_json', message } };
}

const statuses = ['completed', 'failed', 'cancelled', 'rejected', 'lost'] as const;

function countStatuses({ done }: RunRecord): Record<LineResult['status'], number> {
  const found = [...done.values()];
  return Object.fromEntries(
    statuses.map((status) => [status, found.filter((each) => each === status).length]),
  ) as Record<LineResult['status'], number>;
}

function notCompleted(record: RunRecord): number {
  return [...record.done.values()].filter((status) => status !== 'completed').length;
}

function again(values: { output?: unknown }): string {
  return typeof values.output === 'string' ? ` --output ${values.output}` : '';
}

function describeSummary({
  lines,
  output,
  ...counts
}: { lines: number; output: string } & Record<string, unknown>) {
  const told = Object.entries(counts).filter(([, count]) => count !== 0);
  return `${lines} lines: ${told.map(([name, count]) => `${count} ${name}`).join(', ')}\n${output}`;
}
