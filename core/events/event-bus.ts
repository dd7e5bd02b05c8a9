import type { TenantEvent } from './share.ts';

export interface EventBus {
  /** Puts refused events again. Answers those that the bus never took; empty: all are on it. Never throws. */
  put(events: TenantEvent[]): Promise<TenantEvent[]>;
}
