import { runBounded } from '../run-bounded.ts';
import { isFinal } from '../tasks/task.ts';
import { type AnswerLine, answerLine, leaveOut, type Unanswered } from './answer-line.ts';
import { addUsage, usageOf, writeParts } from './answer-parts.ts';
import type { BatchRunPorts, HeldBatch } from './batch-run.ts';
import { lineTaskId } from './line-task.ts';
import type { BatchUsage, OpenPortion } from './openai-batch.ts';
import { type PortionRecord, readRecord } from './portion-record.ts';

/** Answers that wait until they are a part of a file: a row names each part, so they should not be few. */
const partLines = 250;
/** And not large, since they wait in memory. */
const partBytes = 8 * 1024 * 1024;

/** Rows are read so many at a time: one may hold a result of 24 KB. */
const readsAtOnce = 100;
const changesAtOnce = 8;

interface Waiting extends AnswerLine {
  portion: number;
  /** In the portion. */
  place: number;
  usage?: BatchUsage | undefined;
}

/** Why the lines that are left are not waited for. */
export type Stop = 'expired' | 'cancelled';

/** Turns tasks that have ended into lines of the two files, each line once, whichever run does it. */
export class AnswerCollector {
  readonly #held: HeldBatch;
  readonly #ports: BatchRunPorts;
  readonly #records = new Map<number, PortionRecord>();
  #waiting: Waiting[] = [];

  constructor(held: HeldBatch, ports: BatchRunPorts) {
    this.#held = held;
    this.#ports = ports;
  }

  /** Lines whose tasks have not ended, as far as is known. */
  get unended(): number {
    const { open } = this.#held.batch.work;
    return open.reduce((sum, { left }) => sum + left.length, 0) - this.#waiting.length;
  }

  /** Looks at the tasks that had not ended, and keeps what the others answered. Answers how many these are. */
  async look(stop?: Stop): Promise<number> {
    const before = this.unended;
    for (const portion of [...this.#held.batch.work.open]) {
      const record = await this.#recordOf(portion);
      const known = new Set(
        this.#waiting.flatMap(({ portion: number, place }) => (number === portion.number ? [place] : [])),
      );
      const unknown = portion.left.filter((place) => !known.has(place));
      for (const place of unknown) {
        const text = record[place]?.refused;
        if (text !== undefined) this.#waiting.push({ file: 'error', text, portion: portion.number, place });
      }
      const asked = unknown.filter((place) => record[place]?.refused === undefined);
      for (let from = 0; from < asked.length; from += readsAtOnce)
        await this.#read(portion, record, asked.slice(from, from + readsAtOnce), stop);
    }
    const after = this.unended;
    const isWorthAPart = this.#waiting.length >= partLines || after === 0 || stop !== undefined;
    if (isWorthAPart && this.#waiting.length > 0) await this.#write();
    return before - after;
  }

  async #recordOf({ number }: OpenPortion): Promise<PortionRecord> {
    const found =
      this.#records.get(number) ?? (await readRecord(this.#held.batch, number, this.#ports.contents));
    this.#records.set(number, found);
    return found;
  }

  async #read(
    portion: OpenPortion,
    record: PortionRecord,
    places: readonly number[],
    stop: Stop | undefined,
  ): Promise<void> {
    await this.#held.hold();
    const { batch } = this.#held;
    const { tenant } = batch;
    const isCancelled = batch.times.cancelling !== undefined || batch.work.outcome === 'failed';
    const byId = new Map(places.map((place) => [lineTaskId(batch, portion.first + place), place] as const));
    const keys = [...byId.keys()].map((taskId) => ({ tenant, taskId }));
    if (stop) await runBounded(keys, changesAtOnce, (key) => this.#end(key, stop));
    // An answer may be a moment late, but nothing is waited for after a stop.
    const found = await this.#ports.tasks.getMany(keys, { consistent: stop !== undefined });
    const missing = new Set(byId.keys());
    for (const task of found) {
      missing.delete(task.taskId);
      const place = byId.get(task.taskId);
      if (place === undefined || !isFinal(task.status)) continue;
      const whole = task.resultKey === null ? task : ((await this.#ports.tasks.get(task)) ?? task);
      const name = { place: portion.first + place, customId: record[place]?.id ?? '' };
      const line = await answerLine(batch, name, whole, isCancelled, this.#ports);
      this.#waiting.push({ ...line, portion: portion.number, place, usage: usageOf(whole) });
      if (this.#size() >= partBytes) await this.#write();
    }
    // A task whose row is gone was kept for as long as it is kept after its end.
    if (stop) for (const taskId of missing) this.#giveUp(portion, record, byId.get(taskId) ?? 0, stop);
  }

  async #end(key: { tenant: string; taskId: string }, stop: Stop): Promise<void> {
    const { tasks, clock } = this.#ports;
    if (stop === 'cancelled') await tasks.cancel(key, clock());
    else await tasks.expire(key, clock());
  }

  #giveUp(portion: OpenPortion, record: PortionRecord, place: number, stop: Stop): void {
    const name = { place: portion.first + place, customId: record[place]?.id ?? '' };
    const line = leaveOut(this.#held.batch, name, unansweredOf(stop));
    this.#waiting.push({ ...line, portion: portion.number, place });
  }

  #size(): number {
    return this.#waiting.reduce((sum, { text }) => sum + text.length, 0);
  }

  /** A part of each file, then the batch that names them: a part that no batch names is written again. */
  async #write(): Promise<void> {
    const written = this.#waiting;
    const { work, usage } = this.#held.batch;
    const parts = await writeParts(this.#held, written, this.#ports);
    const open = work.open.flatMap((portion) => {
      const answered = new Set(
        written.flatMap(({ portion: number, place }) => (number === portion.number ? [place] : [])),
      );
      const left = portion.left.filter((place) => !answered.has(place));
      if (left.length === 0) this.#records.delete(portion.number);
      return left.length === 0 ? [] : [{ ...portion, left }];
    });
    const outcome = work.outcome ?? (written.some(({ isLate }) => isLate) ? 'expired' : undefined);
    await this.#held.save({
      work: { ...work, ...parts, open, outcome },
      completed: parts.completed,
      failed: parts.failed,
      usage: written.reduce((sum, each) => addUsage(sum, each.usage), usage),
    });
    this.#waiting = [];
  }

  /** What is shown of a batch whose answers wait for a part. */
  counts(): { completed: number; failed: number } {
    const { work } = this.#held.batch;
    const completed = this.#waiting.filter(({ file }) => file === 'output').length;
    return {
      completed: work.completed + completed,
      failed: work.failed + this.#waiting.length - completed,
    };
  }
}

export const unansweredOf = (stop: Stop): Unanswered =>
  stop === 'cancelled' ? 'batch_cancelled' : 'batch_expired';
