/**
 * What lies in the state table: kinds of rows, each by the beginnings of its partition keys. A role names the kinds
 * that its function touches (`dynamodb:LeadingKeys`). Rows that one request may mix are one kind.
 */
export const stateRows = {
  providers: ['PROVIDER#*'],
  tenantStatistics: ['STATS#*'],
  /** Totals of the whole service: no tenant's. */
  metrics: ['METRICS'],
  rates: ['RATE#*'],
  slots: ['SEMAPHORE'],
  waitingTasks: ['WAIT#*'],
  cachedResults: ['CACHE#*'],
  subscriptions: ['LISTEN#*', 'CONNECTION#*'],
  eventLag: ['EVENTS'],
  connectionPasses: ['TICKET#*'],
  deliveries: ['DELIVERY#*'],
} as const;
export type StateRows = keyof typeof stateRows;
