import { createHash, randomUUID } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import type { Problem, Result, TaskError } from '../../client/wire.ts';
import { UsageError } from '../usage-error.ts';
import { LineFile } from './line-file.ts';

/** What became of one line of the input. */
export interface LineResult {
  line: number;
  task_id: string | null;
  /** `rejected`: the service did not take it; `lost`: it is not known any more. */
  status: 'completed' | 'failed' | 'cancelled' | 'rejected' | 'lost';
  result: Result | null;
  error: TaskError | Problem | { code: string; message: string } | null;
}

/** A batch that was handed in. */
export interface SentBatch {
  /** Its place among the batches of the input. */
  batch: number;
  batch_id: string;
  tasks: { line: number; task_id: string }[];
}

interface Start {
  run: string;
  sha256: string;
}

/** What a run has done: the results, and beside them in `<results>.progress` which batches were handed in. */
export class RunRecord {
  /** Names the run to the service, so that a batch whose answer was lost is not made twice. */
  readonly run: string;
  readonly done = new Map<number, LineResult['status']>();
  readonly sent = new Map<number, SentBatch>();
  readonly isContinued: boolean;
  readonly #results: LineFile<LineResult>;
  readonly #progress: LineFile<Start | SentBatch>;

  /** @param restarts forgets what an earlier run did */
  constructor(resultsPath: string, input: string, restarts: boolean) {
    this.#results = new LineFile(resultsPath);
    this.#progress = new LineFile(`${resultsPath}.progress`);
    // Only what a run of this command wrote.
    if (restarts && existsSync(this.#progress.path))
      for (const { path } of [this.#results, this.#progress]) rmSync(path, { force: true });
    const sha256 = createHash('sha256').update(input).digest('hex');
    const [start, ...sent] = this.#progress.read() as [Start?, ...SentBatch[]];
    if (!start && existsSync(resultsPath))
      throw new UsageError(
        `${resultsPath} is there already, and no run of this command: name another --output`,
      );
    if (start && start.sha256 !== sha256)
      throw new UsageError(
        `${resultsPath} has the results of another file, or of this one before it was changed. Name another --output, or begin anew with --restart`,
      );
    this.isContinued = start !== undefined;
    this.run = start?.run ?? randomUUID();
    if (!start) this.#progress.add({ run: this.run, sha256 });
    for (const batch of sent) this.sent.set(batch.batch, batch);
    for (const { line, status } of this.#results.read()) this.done.set(line, status);
  }

  addBatch(batch: SentBatch): void {
    this.#progress.add(batch);
    this.sent.set(batch.batch, batch);
  }

  addResults(...results: LineResult[]): void {
    for (const result of results) {
      if (this.done.has(result.line)) continue;
      this.#results.add(result);
      this.done.set(result.line, result.status);
    }
  }
}
