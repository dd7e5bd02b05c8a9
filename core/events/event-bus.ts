import type { ServiceEvent } from './build-event.ts';

export interface EventBus {
  /** Answers the events that the bus did not take, refused ones tried again; empty: all are on it. Never throws. */
  put(events: ServiceEvent[]): Promise<ServiceEvent[]>;
}
