import { setTimeout as sleep } from 'node:timers/promises';
import type OpenAI from 'openai';
import { toFile } from 'openai';
import type { createProgress } from '../progress.ts';

/** Below what a request may have. */
const partBytes = 4_000_000;
const ended = ['completed', 'failed', 'expired', 'cancelled'];

/** So many short chats, one a line. */
export function writeLines(count: number, name: string): Buffer<ArrayBuffer> {
  const lines = Array.from({ length: count }, (_, index) =>
    JSON.stringify({
      custom_id: `${name}-${index}`,
      method: 'POST',
      url: '/v1/chat/completions',
      body: { model: 'simulated', messages: [{ role: 'user', content: `Say ${index}` }] },
    }),
  );
  return Buffer.from(lines.join('\n'));
}

/** Hands a file in, in parts where it is large. */
export async function submitBatch(client: OpenAI, bytes: Buffer<ArrayBuffer>): Promise<string> {
  const { id } = await client.uploads.create({
    bytes: bytes.length,
    filename: 'in.jsonl',
    mime_type: 'application/jsonl',
    purpose: 'batch',
  });
  const part_ids: string[] = [];
  for (let from = 0; from < bytes.length; from += partBytes) {
    const data = await toFile(bytes.subarray(from, from + partBytes), 'part');
    part_ids.push((await client.uploads.parts.create(id, { data })).id);
  }
  const { file } = await client.uploads.complete(id, { part_ids });
  const batch = await client.batches.create({
    input_file_id: file?.id ?? '',
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
  });
  return batch.id;
}

/** @param isEnough ends the wait before the batch has ended */
export async function waitForBatch(
  client: OpenAI,
  batchId: string,
  progress: ReturnType<typeof createProgress>,
  isEnough: (answered: number) => boolean = () => false,
): Promise<OpenAI.Batch> {
  for (;;) {
    const batch = await client.batches.retrieve(batchId);
    const { completed = 0, failed = 0, total = 0 } = batch.request_counts ?? {};
    progress.tell(`${batch.status}: ${completed + failed} of ${total} lines`);
    if (ended.includes(batch.status) || isEnough(completed + failed)) return batch;
    await sleep(1_000);
  }
}

/** How often each line is answered; throws unless it is once. */
export async function checkAnswers(client: OpenAI, batch: OpenAI.Batch, count: number): Promise<void> {
  const ids: string[] = [];
  for (const fileId of [batch.output_file_id, batch.error_file_id]) {
    if (!fileId) continue;
    const text = await (await client.files.content(fileId)).text();
    for (const line of text.trimEnd().split('\n')) ids.push(JSON.parse(line).custom_id);
  }
  const different = new Set(ids).size;
  if (batch.status !== 'completed' || ids.length !== count || different !== count)
    throw new Error(`${batch.status}: ${ids.length} answers of ${different} lines, and there were ${count}`);
}
