import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import OpenAI, { toFile } from 'openai';
import { type Client, until } from './client.ts';
import type { Service } from './service.ts';

const ended = ['completed', 'failed', 'expired', 'cancelled'];

export function testOpenaiBatches({ streamUrl, token }: Service, _client: Client): void {
  const skip = streamUrl === undefined && 'the URL of streams is not known';

  describe('a batch of the official client of OpenAI', { skip }, () => {
    test('each of its lines is answered once, a wrong one in the file of errors', async () => {
      const client = new OpenAI({ baseURL: `${streamUrl}/v1`, apiKey: token ?? 'none' });
      const lines = Array.from({ length: 12 }, (_, index) =>
        JSON.stringify({
          custom_id: `line ${index}`,
          method: 'POST',
          url: '/v1/chat/completions',
          body: {
            model: index === 5 ? 'none' : 'auto',
            messages: [{ role: 'user', content: `Line ${index}` }],
            max_tokens: 5,
          },
        }),
      );
      const file = await client.files.create({
        file: await toFile(Buffer.from(lines.join('\n')), 'in.jsonl'),
        purpose: 'batch',
      });
      const { id } = await client.batches.create({
        input_file_id: file.id,
        endpoint: '/v1/chat/completions',
        completion_window: '24h',
      });
      const batch = await until('the end of a batch', async () => {
        const found = await client.batches.retrieve(id);
        return ended.includes(found.status) ? found : undefined;
      });
      assert.equal(batch.status, 'completed');
      assert.deepEqual(batch.request_counts, { total: 12, completed: 11, failed: 1 });
      const read = async (fileId = '') =>
        (await (await client.files.content(fileId)).text())
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line).custom_id);
      const ids = [...(await read(batch.output_file_id)), ...(await read(batch.error_file_id))];
      assert.deepEqual(ids.sort(), lines.map((line) => JSON.parse(line).custom_id).sort());
    });
  });
}
