/**
 * `pending` before the first try and between tries. `delivered`, `rejected` (410) and `dead` (no try is left) are final,
 * unless an operator replays it.
 */
export const deliveryStatuses = ['pending', 'delivered', 'rejected', 'dead'] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** How an event fared on its way to its callback URL. Times are epoch milliseconds. */
export interface Delivery {
  tenant: string;
  /** The task's id, or the batch's for `batch.completed`. */
  subjectId: string;
  eventId: string;
  eventType: string;
  url: string;
  status: DeliveryStatus;
  attempts: number;
  /** Null before the first try. */
  lastAttemptAt: number | null;
  /** HTTP status of the last answer; null when there was none. */
  lastStatus: number | null;
  /** Why the last try failed, in the service's words; never anything that the receiver said. */
  lastError: string | null;
  nextAttemptAt: number | null;
}

/** A delivery after a try. */
export type TriedDelivery = Delivery & { lastAttemptAt: number };

export interface Deliveries {
  record(delivery: TriedDelivery): Promise<void>;
  /** Those that were tried, in order of their events' versions. */
  list(tenant: string, subjectId: string): Promise<Delivery[]>;
}
