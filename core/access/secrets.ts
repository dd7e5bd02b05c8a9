/** Secrets by name, kept in memory for a few minutes. */
export interface Secrets {
  /**
   * Undefined where there is no such secret or it is empty. Throws a retryable ServiceError `internal` when
   * the store cannot be read.
   */
  read(name: string): Promise<string | undefined>;
}
