/**
 * Tasks that ended longer after their acceptance than tasks usually do (`LLM_TASK_TIMEOUT`): those of batches and in the
 * background. A replay, which looks through a list in order of acceptance, finds them by these notes alone.
 */
export interface LateEnds {
  /** Before the events are sent: whoever subscribes after that finds the note. */
  note(tenant: string, ends: readonly LateEnd[]): Promise<void>;
  /** Those that ended after this time (epoch ms), the newest first, at most `limit`. */
  after(tenant: string, time: number, limit: number): Promise<LateEnd[]>;
}

export interface LateEnd {
  taskId: string;
  /** Epoch ms. */
  endedAt: number;
}
