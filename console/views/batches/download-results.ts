import { call } from '../../app/session.ts';

/** Saves what became of each task of a batch, a task a line: as `GET /api/v1/tasks/{id}` answers it. */
export async function downloadResults(batchId: string, onRead: (count: number) => void): Promise<void> {
  const lines: string[] = [];
  await call(async (service) => {
    for await (const task of service.listAll({ batch_id: batchId })) {
      // A page has results as far as there is room.
      const whole = task.result_omitted ? await service.get(task.task_id) : task;
      lines.push(`${JSON.stringify(whole)}\n`);
      if (lines.length % 20 === 0) onRead(lines.length);
    }
  });
  // Listings are newest first; the file is in the order of the batch.
  const url = URL.createObjectURL(new Blob(lines.reverse(), { type: 'application/jsonl' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${batchId}.jsonl`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
