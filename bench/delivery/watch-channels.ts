import type { RunningService } from '../start-service.ts';
import type { SubmittedBatch } from './submit-batch.ts';

/** What came over the bus: ids of tasks and batches whose final event it took, and the ids of those events. */
export interface BusWatch {
  subjects: Set<string>;
  eventIds: Map<string, Set<string>>;
  stop(): void;
}

const finals = new Set(['completed', 'failed', 'cancelled', 'batch.completed']);

/** Watches the requests to EventBridge that were answered well. */
export function watchBus({ host }: RunningService): BusWatch {
  const subjects = new Set<string>();
  const eventIds = new Map<string, Set<string>>();
  const stop = host.observeRequests(({ service, operation, input, answer }) => {
    if (service !== 'events' || operation !== 'PutEvents' || !answer) return;
    for (const [index, { Detail }] of input.Entries.entries()) {
      if (answer.Entries?.[index]?.ErrorCode) continue;
      const { event_id, event_type, task_id, batch_id } = JSON.parse(Detail);
      if (!finals.has(event_type)) continue;
      const subject = task_id ?? batch_id;
      subjects.add(subject);
      eventIds.set(subject, (eventIds.get(subject) ?? new Set()).add(event_id));
    }
  });
  return { subjects, eventIds, stop };
}

type Counts = Record<'queued' | 'processing' | 'completed' | 'failed' | 'cancelled', number>;

/** Statuses of all tasks of these batches, by their rows. */
export async function countRows({ client }: RunningService, batches: SubmittedBatch[]): Promise<Counts> {
  const counts: Counts = { queued: 0, processing: 0, completed: 0, failed: 0, cancelled: 0 };
  for (const { id } of batches)
    for await (const { status } of client.listAll({ batch_id: id })) counts[status] += 1;
  return counts;
}

/** How far the tenant's statistics are from the rows: the sum of the differences. */
export async function compareStatistics(service: RunningService, rows: Counts): Promise<number> {
  const { tasks } = await service.client.stats();
  return Object.entries(rows).reduce(
    (sum, [status, count]) => sum + Math.abs(count - tasks[status as keyof Counts]),
    0,
  );
}

export async function countOpenBatches(
  { client }: RunningService,
  batches: SubmittedBatch[],
): Promise<number> {
  let open = 0;
  for (const { id } of batches) {
    const { status } = await client.getBatch(id);
    if (status !== 'completed') open += 1;
  }
  return open;
}
