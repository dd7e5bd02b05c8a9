/** A secret as it is kept. */
export interface Secret {
  /** Without white space around it. */
  value: string;
  /** Grows by one whenever it is written. */
  version: number;
  /** Epoch ms. */
  changedAt: number;
}

/** Secrets by name, kept in memory for a while. */
export interface Secrets {
  /**
   * Undefined where there is no such secret or it is empty. Throws a retryable ServiceError `internal` when
   * the store cannot be read.
   */
  read(name: string): Promise<Secret | undefined>;
}
