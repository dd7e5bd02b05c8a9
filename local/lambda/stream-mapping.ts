// Event source mapping of a table's stream: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html,
// https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html and
// https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
// A record stays in a journal on disk until the function has taken it or it is given up.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log.ts';
import type { RequestObservers } from '../requests/request-observers.ts';
import type { Database } from '../services/database.ts';
import type { StreamReader } from '../services/dynamodb-stream.ts';
import type { Value } from '../template/cloud-assembly.ts';
import { matchesPattern } from './event-filter.ts';
import { readItemFailures } from './item-failures.ts';
import type { LambdaHost } from './lambda-host.ts';
import { type FailureCondition, streamFailure } from './stream-failure.ts';
import { type Lane, StreamLanes } from './stream-lanes.ts';
import { pauseAfter, waitFor } from './stream-pace.ts';
import { TooManyRequestsError } from './too-many-requests-error.ts';

export interface StreamMappingSettings {
  readonly id: string;
  readonly functionName: string;
  readonly batchSize: number;
  readonly windowSeconds: number;
  /** Batches that run at a time. */
  readonly lanes: number;
  /** Halves a batch that failed, to find the record at fault. */
  readonly bisects: boolean;
  /** -1: as long as the record lives. */
  readonly maximumRetryAttempts: number;
  /** -1: no limit. */
  readonly maximumAgeSeconds: number;
  readonly reportsItemFailures: boolean;
  readonly patterns: readonly Value[];
  readonly observers: RequestObservers;
  /** Gets the account of records that were given up. */
  readonly onFailure: ((account: object) => void) | undefined;
}

/** Of an invocation; `failedFrom` is the index of the first record that has to run again. */
type Outcome = 'done' | { readonly failedFrom: number } | 'throttled';

export class StreamMapping implements StreamReader {
  readonly #settings: StreamMappingSettings;
  readonly #database: Database;
  readonly #lambda: LambdaHost;
  readonly #log: Log;
  readonly #lanes: StreamLanes;
  #stopped = false;

  constructor(settings: StreamMappingSettings, database: Database, lambda: LambdaHost, log: Log) {
    this.#settings = settings;
    this.#database = database;
    this.#lambda = lambda;
    this.#log = log;
    this.#lanes = new StreamLanes(settings.lanes);
  }

  accepts(record: Value): boolean {
    const { patterns } = this.#settings;
    return patterns.length === 0 || patterns.some((pattern) => matchesPattern(pattern, record));
  }

  journalKey(record: Value): string {
    return `stream~${this.#settings.id}~${record.dynamodb.SequenceNumber}`;
  }

  /** Takes what the last host left in the journal. */
  async restore(): Promise<void> {
    const range = { gte: `stream~${this.#settings.id}~`, lt: `stream~${this.#settings.id}~\xff` };
    for (const [, record] of this.#database.entries(range)) this.push(record);
  }

  push(record: Value): void {
    const lane = this.#lanes.add(record);
    if (lane.running) return;
    lane.running = true;
    setTimeout(() => void this.#drain(lane), waitFor(this.#settings.windowSeconds));
  }

  stop(): void {
    this.#stopped = true;
  }

  async #drain(lane: Lane): Promise<void> {
    try {
      while (lane.records.length > 0 && !this.#stopped) {
        const readAt = Date.now();
        this.#tellOfRead();
        const batch = lane.records.splice(0, this.#settings.batchSize);
        lane.invokedAt = readAt;
        await this.#deliver(batch, 0);
        lane.invokedAt = undefined;
        this.#lanes.done(batch);
        // A full batch waits already: a pause would only make it late.
        if (lane.records.length < this.#settings.batchSize) await sleep(pauseAfter(Date.now() - readAt));
      }
    } catch (error) {
      this.#log.warn(`Stream mapping of ${this.#settings.functionName}: ${error}`);
    } finally {
      lane.running = false;
      lane.invokedAt = undefined;
    }
  }

  #tellOfRead(): void {
    const { observers, functionName: caller } = this.#settings;
    if (!observers.active) return;
    observers.tell({ kind: 'stream read', service: 'dynamodb', operation: 'GetRecords', caller });
  }

  async #deliver(batch: Value[], retries: number): Promise<void> {
    let records = batch;
    let attempt = retries;
    let delay = 100;
    while (!this.#stopped) {
      records = await this.#dropAged(records, attempt);
      if (records.length === 0) return;
      const outcome = await this.#invoke(records);
      if (outcome === 'done') return this.#forget(records);
      if (outcome !== 'throttled') {
        await this.#forget(records.slice(0, outcome.failedFrom));
        records = records.slice(outcome.failedFrom);
        if (this.#settings.bisects && records.length > 1) {
          const middle = Math.ceil(records.length / 2);
          await this.#deliver(records.slice(0, middle), attempt);
          return this.#deliver(records.slice(middle), attempt);
        }
        attempt += 1;
        const { maximumRetryAttempts } = this.#settings;
        if (maximumRetryAttempts >= 0 && attempt > maximumRetryAttempts) {
          return this.#giveUp(records, 'RetryAttemptsExhausted', attempt);
        }
      }
      await sleep(delay);
      delay = Math.min(delay * 2, 10_000);
    }
  }

  async #invoke(records: Value[]): Promise<Outcome> {
    try {
      const result = await this.#lambda.invoke(
        this.#settings.functionName,
        JSON.stringify({ Records: records }),
      );
      if (result.functionError) return { failedFrom: 0 };
      const failures = this.#settings.reportsItemFailures ? readItemFailures(result.payload) : [];
      if (failures?.length === 0) return 'done';
      const failed = new Set(failures);
      const first = records.findIndex((record) => failed.has(record.dynamodb.SequenceNumber));
      return { failedFrom: Math.max(0, first) };
    } catch (error) {
      if (error instanceof TooManyRequestsError) return 'throttled';
      throw error;
    }
  }

  async #dropAged(records: Value[], attempt: number): Promise<Value[]> {
    const { maximumAgeSeconds } = this.#settings;
    if (maximumAgeSeconds < 0) return records;
    const limit = Date.now() / 1000 - maximumAgeSeconds;
    const isAged = (record: Value) => record.dynamodb.ApproximateCreationDateTime < limit;
    const aged = records.filter(isAged);
    if (aged.length > 0) await this.#giveUp(aged, 'RecordAgeExceeded', attempt);
    return records.filter((record) => !isAged(record));
  }

  async #giveUp(records: Value[], condition: FailureCondition, invocations: number): Promise<void> {
    const { functionName, onFailure } = this.#settings;
    this.#log.warn(`[${functionName}] gave up ${records.length} stream records: ${condition}`);
    const { arn } = this.#lambda.definition(functionName);
    onFailure?.(streamFailure(records, arn, condition, invocations));
    await this.#forget(records);
  }

  async #forget(records: Value[]): Promise<void> {
    if (records.length === 0) return;
    await this.#database.write(records.map((record) => ({ type: 'del', key: this.journalKey(record) })));
  }
}
