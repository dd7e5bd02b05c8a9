import type { ServiceEvent } from '../events/build-event.ts';

export interface EventBus {
  /** Answers the events that the bus did not take, refused ones tried again; empty: all are on it. Never throws. */
  put(events: ServiceEvent[]): Promise<ServiceEvent[]>;
}
