/** The command was called wrongly, or with what cannot be read. Its message says what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
