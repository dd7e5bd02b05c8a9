import type { CompletedBatch } from '../batches/batch-progress.ts';
import type { Task } from '../tasks/task.ts';
import { buildBatchEvent, buildTaskEvent, type ServiceEvent } from './build-event.ts';

/** A change of a task or a batch, from one record of the table's stream. */
export type Change =
  | { kind: 'task'; sequence: string; before: Task | undefined; after: Task }
  /** The change that completed the batch. */
  | { kind: 'batch'; sequence: string; tenant: string; after: CompletedBatch };

/** An event to send, with the change that it tells of. */
export interface Outgoing {
  change: Change;
  tenant: string;
  event: ServiceEvent;
  /** Its JSON, made once for all its subscribers. */
  text: string;
}

/** The change's event; undefined where the status did not change (a renewed lease, a new priority). */
export function outgoingOf(change: Change): Outgoing | undefined {
  if (change.kind === 'task' && change.before?.version === change.after.version) return undefined;
  const event = change.kind === 'task' ? buildTaskEvent(change.after) : buildBatchEvent(change.after);
  return { change, tenant: change.after.tenant, event, text: JSON.stringify(event) };
}
