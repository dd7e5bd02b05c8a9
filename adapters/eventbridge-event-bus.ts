import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { ServiceEvent } from '../core/events/build-event.ts';
import type { EventBus } from '../core/events/event-bus.ts';
import { pagesBySize } from './pages-by-size.ts';

/** PutEvents takes 10 entries and 256 KB a request (docs.aws.amazon.com, eb-putevents). */
const perRequest = { count: 10, bytes: 240 * 1024 };
/** Of an entry beside its detail. */
const entryBytes = 256;
const requestsAtOnce = 4;
const tries = 3;

/** An EventBridge bus: source `llm-service`, detail-type `task.<event_type>`, the event as detail. */
export function createEventBridgeEventBus(options: {
  client?: EventBridgeClient;
  busName: string;
}): EventBus {
  const { client = new EventBridgeClient({}), busName } = options;

  const toEntry = (event: ServiceEvent) => ({
    EventBusName: busName,
    Source: 'llm-service',
    DetailType: `task.${event.event_type}`,
    Time: new Date(event.timestamp),
    Detail: JSON.stringify(event),
  });

  async function putPage(page: ServiceEvent[]): Promise<ServiceEvent[]> {
    let rest = page;
    for (let attempt = 0; attempt < tries && rest.length > 0; attempt += 1) {
      if (attempt > 0) await sleep(100 * 2 ** attempt);
      const answer = await client
        .send(new PutEventsCommand({ Entries: rest.map(toEntry) }))
        .catch(() => undefined);
      // Entries come back in the order they were put; the refused ones carry a code.
      if (answer) rest = rest.filter((_, index) => answer.Entries?.[index]?.ErrorCode !== undefined);
    }
    return rest;
  }

  return {
    async put(events) {
      const sizeOf = (event: ServiceEvent) => Buffer.byteLength(JSON.stringify(event)) + entryBytes;
      const pages = pagesBySize(events, perRequest, sizeOf);
      const refused: ServiceEvent[] = [];
      for (let from = 0; from < pages.length; from += requestsAtOnce) {
        const results = await Promise.all(pages.slice(from, from + requestsAtOnce).map(putPage));
        refused.push(...results.flat());
      }
      return refused;
    },
  };
}
