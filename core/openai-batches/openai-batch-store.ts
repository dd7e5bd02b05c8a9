import type { PageRequest } from '../files/file-store.ts';
import type { OpenaiBatch, OpenaiBatchKey } from './openai-batch.ts';

/**
 * Batches of OpenAI's clients. One run at a time has a batch, by a lease; what a run writes fails once another has taken the
 * batch over.
 */
export interface OpenaiBatchStore {
  /** Answers the batch that is there under the id, which may be another try's of the same request. */
  create(batch: OpenaiBatch): Promise<OpenaiBatch>;
  get(key: OpenaiBatchKey): Promise<OpenaiBatch | undefined>;
  list(
    tenant: string,
    page: Omit<PageRequest, 'newestFirst'>,
  ): Promise<{ batches: OpenaiBatch[]; hasMore: boolean }>;
  /** Asks its run to end an open batch. Answers the batch as it is then; undefined: there is none. */
  cancel(key: OpenaiBatchKey, now: number): Promise<OpenaiBatch | undefined>;
  /** Open batches that are to be looked at, those that wait the longest first. */
  listDue(now: number, limit: number): Promise<OpenaiBatchKey[]>;
  /** Takes a batch for a run. Undefined: it is not due, another run has it, or it has ended. */
  take(key: OpenaiBatchKey, lease: BatchLease): Promise<OpenaiBatch | undefined>;
  /**
   * Writes what a run changed, and holds the batch for it until the lease's end. Answers the batch, of which somebody may have
   * asked for the end; undefined: another run has it.
   */
  save(batch: OpenaiBatch, lease: BatchLease): Promise<OpenaiBatch | undefined>;
  /** @param lookAt epoch ms when it is due again; an ended batch never is */
  release(batch: OpenaiBatch, lease: BatchLease, lookAt: number): Promise<void>;
}

/** Starts runs of batches. */
export interface BatchStarter {
  /** Waits for none of the run, and never throws: the schedule starts one within a minute. */
  start(key: OpenaiBatchKey): Promise<void>;
}

export interface BatchLease {
  /** A name that no other run has. */
  run: string;
  /** Epoch ms: taken or extended, and its end. */
  from: number;
  until: number;
}
