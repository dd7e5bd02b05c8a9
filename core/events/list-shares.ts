import { responseEvent } from '../responses/response-event.ts';
import { response } from '../task-types/openai-types.ts';
import { isFinal, type Task } from '../tasks/task.ts';
import type { WebhookMessage } from '../webhooks/webhook-queue.ts';
import { buildBatchEvent, buildTaskEvent } from './build-event.ts';
import type { Change } from './change.ts';
import type { EventShare, TenantEvent } from './share.ts';

/** What each channel at whose end somebody waits owes of these; channels that owe nothing are left out. */
export function listShares(changes: readonly Change[]): EventShare[] {
  const told = changes.flatMap((change) => {
    const owed = eventOf(change);
    return owed ? [{ change, owed }] : [];
  });
  const shares: EventShare[] = [
    { channel: 'web_socket', owed: told.map(({ owed }) => owed) },
    { channel: 'webhooks', owed: told.flatMap(({ change, owed }) => webhookOf(change, owed) ?? []) },
  ];
  return shares.filter(({ owed }) => owed.length > 0);
}

/** The events of these types. */
export function listBusEvents(changes: readonly Change[], types: ReadonlySet<string>): TenantEvent[] {
  return changes
    .flatMap((change) => eventOf(change) ?? [])
    .filter(({ event }) => types.has(event.event_type));
}

/** The change's event; undefined where the status did not change (a renewed lease, a new priority). */
function eventOf(change: Change): TenantEvent | undefined {
  if (change.kind === 'batch') {
    const { tenant, after } = change;
    return { tenant, event: buildBatchEvent(after), dueAt: Math.min(after.completedAt, after.countedFrom) };
  }
  const { before, after } = change;
  if (before?.version === after.version) return undefined;
  const event = buildTaskEvent(after);
  const changedAt = Date.parse(event.timestamp);
  return { tenant: after.tenant, event, dueAt: changedAt, acceptedAt: after.createdAt };
}

/**
 * The delivery that a change asks for: of a task with a callback URL its final events always, others where
 * `callback_events` names them. The completion of a batch goes to the batch's own URL.
 */
function webhookOf(change: Change, { tenant, event }: TenantEvent): WebhookMessage | undefined {
  if (change.after.callbackUrl === null) return undefined;
  const isWanted =
    change.kind === 'batch' ||
    isFinal(change.after.status) ||
    change.after.callbackEvents?.includes(change.after.lastEvent);
  if (!isWanted) return undefined;
  const url = change.after.callbackUrl;
  if (change.kind === 'batch' || change.after.type !== response.name) return { tenant, url, event };
  // Its receiver reads it there.
  return {
    tenant,
    url,
    event: buildTaskEvent(withoutResult(change.after)),
    body: responseEvent(change.after),
  };
}

function withoutResult(task: Task): Task {
  return { ...task, result: null, resultKey: null };
}
