/**
 * What lies in the state table: kinds of rows, each by the beginnings of its partition keys. A role names the kinds
 * that its function touches (`dynamodb:LeadingKeys`). Rows that one request may mix are one kind.
 */
export const stateRows = {
  /** And the limits of tenants, which a submission reads with them. */
  providers: ['PROVIDER#*', 'TENANTS'],
  tenantStatistics: ['STATS#*'],
  /** What tenants have spent, and what is reserved for their open tasks. */
  budgets: ['BUDGET#*'],
  /** Totals of the whole service: no tenant's. */
  metrics: ['METRICS'],
  /** Of tenants, whose callers they let in. */
  tokens: ['TOKENS'],
  rates: ['RATE#*'],
  slots: ['SEMAPHORE'],
  waitingTasks: ['WAIT#*'],
  /** Tasks that wait beside the queues of another tenant. */
  lanes: ['LANE#*'],
  cachedResults: ['CACHE#*'],
  subscriptions: ['LISTEN#*', 'CONNECTION#*', 'OPENED#*'],
  eventLag: ['EVENTS'],
  lateChanges: ['LATE#*'],
  connectionPasses: ['TICKET#*'],
  deliveries: ['DELIVERY#*'],
  /** What models write, for streams that do not have it from the worker itself. */
  deltas: ['DELTA#*'],
  /** What answers a request that is made again without a key. */
  repeats: ['REPEAT#*'],
  idempotencyKeys: ['KEY#*'],
  files: ['FILE#*'],
  uploads: ['UPLOAD#*'],
} as const;
export type StateRows = keyof typeof stateRows;
