import type { Client } from '../../client/create-client.ts';
import { pause } from '../../client/pause.ts';
import { LlmServiceError } from '../../client/service-error.ts';
import type { TaskLine } from '../../client/task-lines.ts';
import type { RunRecord, SentBatch } from './run-record.ts';

/** Between two tries at a queue that is full. */
const fullQueueMs = 5_000;

/**
 * Hands in a batch and records it, rejected lines as results. Waits as long as the queue is full. Undefined: the service
 * refused the whole of it.
 */
export async function sendBatch(
  number: number,
  lines: TaskLine[],
  record: RunRecord,
  client: Client,
  signal: AbortSignal,
  onWait: () => void,
): Promise<SentBatch | undefined> {
  const request = { tasks: lines.map((line) => line.request) };
  const options = { idempotencyKey: `${record.run}-${number}`, signal };
  for (;;) {
    try {
      const { batch_id, tasks } = await client.submitBatch(request, options);
      const lineOf = (index: number) => lines[index]?.line ?? 0;
      const sent: SentBatch = { batch: number, batch_id, tasks: [] };
      for (const { index, task_id, error } of tasks) {
        if (task_id) sent.tasks.push({ line: lineOf(index), task_id });
        else record.addResults(rejected(lineOf(index), error ?? null));
      }
      record.addBatch(sent);
      return sent;
    } catch (error) {
      if (!(error instanceof LlmServiceError)) throw error;
      // One line must not stop the others: what is too large is so by itself.
      if (error.code === 'payload_too_large' && lines.length === 1) {
        record.addResults(rejected(lines[0]?.line ?? 0, { code: error.code, message: error.message }));
        return undefined;
      }
      if (error.code !== 'queue_full' && error.code !== 'rate_limited') throw error;
      onWait();
      await pause((error.retryAfter ?? 0) * 1000 || fullQueueMs, signal);
    }
  }
}

function rejected(line: number, error: Parameters<RunRecord['addResults']>[0]['error']) {
  return { line, task_id: null, status: 'rejected' as const, result: null, error };
}
