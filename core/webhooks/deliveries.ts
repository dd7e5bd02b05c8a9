/** `delivered`, `rejected` (410) and `dead` (no try is left) are final until someone replays it. */
export type DeliveryStatus = 'retrying' | 'delivered' | 'rejected' | 'dead';

/** One event's way to its callback_url. Times are epoch milliseconds. */
export interface Delivery {
  tenant: string;
  /** The task's id, or the batch's for `batch.completed`. */
  subjectId: string;
  eventId: string;
  eventType: string;
  url: string;
  status: DeliveryStatus;
  attempts: number;
  lastAttemptAt: number;
  /** HTTP status of the last answer; null when there was none. */
  lastStatus: number | null;
  /** Why the last try failed, in our own words; never anything the receiver said. */
  lastError: string | null;
  nextAttemptAt: number | null;
}

export interface Deliveries {
  record(delivery: Delivery): Promise<void>;
  /** In order of their events' versions. */
  list(tenant: string, subjectId: string): Promise<Delivery[]>;
}
