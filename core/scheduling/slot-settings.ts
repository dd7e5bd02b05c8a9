export interface SlotSettings {
  provider: string;
  /** All providers of the deployment: their tickets may be parked at the levels they share. */
  providers: readonly string[];
  /** Set where reserved concurrency does not hold the provider's limit. */
  providerLimit?: number | undefined;
  /** Of the provider's limit: slots that tickets leave to calls that somebody waits for. */
  keptFromTickets?: number | undefined;
  globalLimit?: number | undefined;
  typeLimits: Readonly<Record<string, number>>;
}
