import type { TaskLine } from '../../../client/task-lines.ts';
import { rememberBatch } from '../../app/batch-memory.ts';
import { activity, batches, frame } from '../../app/live.ts';
import { call } from '../../app/session.ts';

/** Hands in one batch and shows it. The same key is the same batch, should it be tried again. */
export async function handIn(source: string, lines: readonly TaskLine[], key: string): Promise<void> {
  const { batch_id, tasks } = await call((service) =>
    service.submitBatch({ tasks: lines.map(({ request }) => request) }, { idempotencyKey: key }),
  );
  const row = batches.tell(batch_id);
  row.source = source;
  row.rejected = tasks.flatMap(({ index, error }) =>
    error ? [{ line: lines[index]?.line ?? 0, message: error.detail }] : [],
  );
  rememberBatch(batch_id);
  activity.at = Date.now();
  frame.value += 1;
}
