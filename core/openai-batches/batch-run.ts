import type { FileContents, FileStore } from '../files/file-store.ts';
import type { OpenaiError } from '../openai/openai-error.ts';
import type { ProviderStates } from '../providers/provider-states.ts';
import type { TaskQueues } from '../scheduling/task-queues.ts';
import type { SubmissionRules } from '../tasks/prepare-task.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import type { TenantGate } from '../tenants/tenant-gate.ts';
import type { OpenaiBatch } from './openai-batch.ts';
import type { BatchLease, OpenaiBatchStore } from './openai-batch-store.ts';

export interface BatchRunPorts {
  batches: OpenaiBatchStore;
  files: FileStore;
  contents: FileContents;
  tasks: Pick<TaskStore, 'create' | 'get' | 'getMany' | 'readInput' | 'cancel' | 'expire'>;
  queues: Pick<TaskQueues, 'enqueue'>;
  states: ProviderStates;
  /** What the tenant may have waiting, and spend. */
  gate: Pick<TenantGate, 'checkWaiting' | 'reserve'>;
  rules: SubmissionRules;
  /** What a caller is told of an error. */
  toOpenaiError: (error: unknown) => OpenaiError;
  clock: () => number;
  sleep: (milliseconds: number) => Promise<void>;
  /** A name that no other run has. */
  nameRun: () => string;
  onError: (error: unknown) => void;
}

/** Another run has the batch: this one must write nothing more. */
export class BatchLost extends Error {
  override readonly name = 'BatchLost';
}

/** A run's hold on a batch: longer than the pauses between its writes, short enough that a dead run is soon made good. */
export const leaseMs = 40_000;
/** So long before the end of its lease a run makes no task: one that it made late would replace one that has ended. */
const safeMs = 20_000;

/** The batch that a run has, as it was last written. */
export class HeldBatch {
  batch: OpenaiBatch;
  readonly #ports: Pick<BatchRunPorts, 'batches' | 'clock'>;
  #lease: BatchLease;

  constructor(batch: OpenaiBatch, lease: BatchLease, ports: Pick<BatchRunPorts, 'batches' | 'clock'>) {
    this.batch = batch;
    this.#lease = lease;
    this.#ports = ports;
  }

  /** Writes these changes. Throws BatchLost. */
  async save(changes: Partial<OpenaiBatch> = {}): Promise<void> {
    const from = this.#ports.clock();
    const lease = { ...this.#lease, from, until: from + leaseMs };
    const saved = await this.#ports.batches.save({ ...this.batch, ...changes }, lease);
    if (!saved) throw new BatchLost(`Another run has the batch ${this.batch.batchId}`);
    this.batch = saved;
    this.#lease = lease;
  }

  /** Undefined: it is held for long enough. */
  hold(): Promise<void> | undefined {
    return this.#ports.clock() < this.#lease.until - safeMs ? undefined : this.save();
  }

  release(lookAt: number): Promise<void> {
    return this.#ports.batches.release(this.batch, this.#lease, lookAt);
  }
}
