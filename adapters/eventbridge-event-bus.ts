import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { EventBus } from '../core/events/event-bus.ts';
import type { TenantEvent } from '../core/events/share.ts';
import { clientSettings, lighten } from './aws-client.ts';
import { mapInGroups, pagesBySize } from './pages.ts';
import { batchPolicies, sdkAttempts, sendUntilTaken } from './retry-policy.ts';

/** PutEvents takes 10 entries and 256 KB a request (docs.aws.amazon.com, eb-putevents). */
const perRequest = { count: 10, bytes: 240 * 1024 };
/** Of an entry beside its detail. */
const entryBytes = 256;
const requestsAtOnce = 4;

/**
 * An EventBridge bus: source `llm-service`, detail-type `task.<event_type>`, the event and its tenant as detail. Whoever has a
 * rule on it gets all tenants' events; callers get their own, which do not name them.
 */
export function createEventBridgeEventBus(options: {
  client?: EventBridgeClient;
  busName: string;
}): EventBus {
  const { client = lighten(new EventBridgeClient(clientSettings(sdkAttempts.eventBridge))), busName } =
    options;

  const toEntry = ({ tenant, event }: TenantEvent) => ({
    EventBusName: busName,
    Source: 'llm-service',
    DetailType: `task.${event.event_type}`,
    Time: new Date(event.timestamp),
    Detail: JSON.stringify({ ...event, tenant }),
  });

  /** One request; answers the events that were refused. */
  async function putEvents(events: TenantEvent[]): Promise<TenantEvent[]> {
    const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: events.map(toEntry) }));
    // Entries come back in the order they were put; the refused ones carry a code.
    return events.filter((_, index) => Entries[index]?.ErrorCode !== undefined);
  }

  return {
    async put(events) {
      const sizeOf = ({ event }: TenantEvent) => Buffer.byteLength(JSON.stringify(event)) + entryBytes;
      const pages = pagesBySize(events, perRequest, sizeOf);
      const outcomes = await mapInGroups(pages, requestsAtOnce, (page) =>
        sendUntilTaken(page, batchPolicies.eventBridge, putEvents),
      );
      return outcomes.flatMap(({ left }) => left);
    },
  };
}
