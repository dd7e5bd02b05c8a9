import { readJson } from '../json/read-json.ts';
import type { OpenaiError } from '../openai/openai-error.ts';
import { toQueuedTask } from '../scheduling/task-message.ts';
import { ServiceError } from '../service-error.ts';
import type { NewTask } from '../tasks/task-store.ts';
import { refuseLine } from './answer-line.ts';
import type { BatchLine } from './batch-line.ts';
import type { InputLine } from './batch-lines.ts';
import type { BatchRunPorts, HeldBatch } from './batch-run.ts';
import type { LineReader } from './line-reader.ts';
import { lineTaskId, prepareLine } from './line-task.ts';
import { keepRecord, type PortionRecord } from './portion-record.ts';

/** Of the lines that become tasks together. */
const mostBytes = 8 * 1024 * 1024;

/**
 * Makes tasks of the next lines and queues them, then moves the batch on. A run that dies in between leaves tasks without the
 * move: the next run, by `mayBeMade`, finds them by their derived ids and makes the missing ones. Answers how many lines were
 * taken; 0: no provider takes the next one now.
 */
export async function feedLines(
  held: HeldBatch,
  reader: LineReader,
  most: number,
  mayBeMade: boolean,
  ports: BatchRunPorts,
): Promise<number> {
  const { batch } = held;
  const { nextLine: first, portions: number } = batch.work;
  const lines = await reader.peek(batch, { lines: most, bytes: mostBytes });
  const prepared = await prepareLines(lines, held, ports);
  const { record, tasks } = await admitLines(batch.tenant, prepared, ports);
  const last = lines[record.length - 1];
  if (!last) return 0;

  await keepRecord(batch, number, record, ports.contents);
  await held.hold();
  const made = mayBeMade ? await findMade(held, first, record.length, ports) : new Map();
  await ports.tasks.create(tasks.filter(({ task }) => !made.has(task.taskId)));
  const waiting = tasks.flatMap(({ task }) => {
    const there = made.get(task.taskId) ?? task;
    return there.status === 'queued' ? [there] : [];
  });
  if (waiting.length > 0) await ports.queues.enqueue(waiting.map((task) => toQueuedTask(task)));
  const left = record.map((_, place) => place);
  await held.save({
    work: {
      ...held.batch.work,
      nextLine: first + record.length,
      nextByte: last.end,
      portions: number + 1,
      open: [...held.batch.work.open, { number, first, count: record.length, left }],
    },
  });
  return record.length;
}

async function findMade({ batch }: HeldBatch, first: number, count: number, { tasks }: BatchRunPorts) {
  const keys = Array.from({ length: count }, (_, index) => ({
    tenant: batch.tenant,
    taskId: lineTaskId(batch, first + index),
  }));
  const found = await tasks.getMany(keys, { consistent: true });
  return new Map(found.map((task) => [task.taskId, task]));
}

interface Portion {
  record: PortionRecord;
  tasks: NewTask[];
}

/**
 * As many of them as the tenant's limits have room for: fewer, where not all fit; the others wait for a later run. What is
 * reserved for a line that is prepared twice is reserved once.
 */
async function admitLines(
  tenant: string,
  { record, tasks }: Portion,
  { gate, clock }: BatchRunPorts,
): Promise<Portion> {
  for (let count = tasks.length; count > 0; count = Math.floor(count / 2))
    try {
      await gate.checkWaiting(tenant, count, clock());
      const reserved = await gate.reserve(tasks.slice(0, count), clock());
      return { record: upToTask(record, count), tasks: reserved };
    } catch (error) {
      const isFull = error instanceof ServiceError && limitCodes.has(error.code);
      if (!isFull) throw error;
    }
  return { record: upToTask(record, 0), tasks: [] };
}

const limitCodes: ReadonlySet<string> = new Set(['queue_full', 'budget_exceeded']);

/** The record before the line of the task that comes after so many others. */
function upToTask(record: PortionRecord, count: number): PortionRecord {
  let tasks = 0;
  const end = record.findIndex(({ refused }) => {
    if (refused === undefined) tasks += 1;
    return tasks > count;
  });
  return end === -1 ? record : record.slice(0, end);
}

/** What becomes of each line, up to the first that nobody can take at present. */
async function prepareLines(
  lines: readonly InputLine[],
  { batch }: HeldBatch,
  ports: BatchRunPorts,
): Promise<Portion> {
  const record: PortionRecord = [];
  const tasks: NewTask[] = [];
  for (const { text = '' } of lines) {
    const place = batch.work.nextLine + record.length;
    // Its form was looked at when the batch began.
    const { custom_id: customId, body } = readJson(text) as BatchLine;
    try {
      const states = await ports.states.read();
      const task = await prepareLine(body, place, batch, ports.rules, ports, states, ports.clock());
      ports.states.noteAccepted(task.task.provider, task.task.priority);
      tasks.push(task);
      record.push({ id: customId });
    } catch (error) {
      if (error instanceof ServiceError && error.retryable) break;
      if (!(error instanceof ServiceError)) throw error;
      const refusal: OpenaiError = ports.toOpenaiError(error);
      record.push({ id: customId, refused: refuseLine(batch, { place, customId }, refusal).text });
    }
  }
  return { record, tasks };
}
