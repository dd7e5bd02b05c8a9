import type { ServiceEvent } from '../../core/events/build-event.ts';
import type { Share } from '../../core/events/share.ts';

/** A line for each thing that the channel owes. */
export function describeShare(share: Share): string[] {
  const lines: string[] = eventsOf(share).map(({ timestamp, event_type, event_id }) =>
    [timestamp, event_type.padEnd(15), event_id].join('  '),
  );
  if (share.channel === 'batches')
    for (const { changedAt, batchId, tasks } of share.owed)
      lines.push(`${new Date(changedAt).toISOString()}  ${tasks.length} tasks of ${batchId}`);
  if (share.channel === 'counters') for (const { counter } of share.owed) lines.push(`counter ${counter}`);
  if (share.channel === 'records')
    for (const { dynamodb } of share.owed) lines.push(`unread record ${dynamodb?.SequenceNumber ?? ''}`);
  return lines.map((line) => `${share.channel.padEnd(10)}  ${line}`);
}

export function eventIdsOf(share: Share): string[] {
  return eventsOf(share).map(({ event_id }) => event_id);
}

/** Epoch ms of the youngest; undefined where it has no time. */
export function timeOfShare(share: Share): number | undefined {
  const times = eventsOf(share).map(({ timestamp }) => Date.parse(timestamp));
  if (share.channel === 'batches') times.push(...share.owed.map(({ changedAt }) => changedAt));
  return times.length > 0 ? Math.max(...times) : undefined;
}

function eventsOf(share: Share): ServiceEvent[] {
  const { channel } = share;
  if (channel === 'web_socket' || channel === 'webhooks' || channel === 'bus')
    return share.owed.map(({ event }) => event);
  return [];
}
