import { Worker } from 'bullmq';
import { OpenAI } from 'openai';
import type { Job } from './bullmq-queue.ts';
import { queueName } from './bullmq-settings.ts';

/**
 * A worker of BullMQ in its own process, as its users write one: the prompt goes to the provider, the answer is kept as the
 * result.
 *
 * Arguments: the port of Redis, the provider's base URL, how many tasks it runs at once.
 */
const [port, baseURL, concurrency] = process.argv.slice(2);
const openai = new OpenAI({ baseURL, apiKey: 'none', maxRetries: 0 });

const worker = new Worker<Job>(
  queueName,
  async ({ data }) => {
    const messages = [{ role: 'user' as const, content: data.prompt }];
    const { choices, usage } = await openai.chat.completions.create({ model: 'auto', messages });
    return { content: choices[0]?.message.content, usage };
  },
  { connection: { host: '127.0.0.1', port: Number(port) }, concurrency: Number(concurrency) },
);
await worker.waitUntilReady();
process.send?.({});
process.on('disconnect', async () => {
  await worker.close();
  process.exit(0);
});
