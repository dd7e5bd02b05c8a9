import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startService } from '../../../bench/start-service.ts';

const running = 6;
const downMs = 20_000;
/** Longer than a waiting task may take to start: the first call after the outage must not hold up the others. */
const answerMs = 9_000;

const answer = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'default',
  choices: [{ index: 0, message: { role: 'assistant', content: 'done' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

/** A model's server that takes its time. `starts` are the times of its calls, of each task by its prompt. */
function createModelServer(starts: { task: string; at: number }[]): Server {
  return createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const task = /task \d/.exec(text)?.[0];
    if (task === undefined) return response.writeHead(404).end();
    starts.push({ task, at: Date.now() });
    setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).end(answer), answerMs);
  });
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

test('of a server that was gone for 20 s every task that ran starts again within 5 s of its return', async (t) => {
  const starts: { task: string; at: number }[] = [];
  const first = createModelServer(starts);
  const port = await listen(first, 0);
  const service = await startService({
    LLM_PROVIDERS: 'local',
    LOCAL_LLM_BASE_URL: `http://127.0.0.1:${port}/v1`,
    LLM_CONCURRENCY_LOCAL: String(running),
  });
  t.after(() => service.stop());
  const tasks = Array.from({ length: running }, (_, index) => `task ${index}`);
  for (const prompt of tasks) await service.client.submit({ type: 'custom', prompt });
  while (starts.length < running) await sleep(50);

  first.close();
  first.closeAllConnections();
  await sleep(downMs);
  const again: typeof starts = [];
  const second = createModelServer(again);
  await listen(second, port);
  t.after(() => {
    second.close();
    second.closeAllConnections();
  });
  const backAt = Date.now();
  while (again.length < running && Date.now() < backAt + 60_000) await sleep(50);

  const late = again.map(({ at }) => at - backAt);
  t.diagnostic(`started again after ${late.join(', ')} ms`);
  assert.deepEqual(new Set(again.map(({ task }) => task)), new Set(tasks));
  assert.ok(Math.max(...late) <= 5_000, `the last one after ${Math.max(...late)} ms`);
  await sleep(answerMs + 1_000);
  const { tasks: ended } = await service.client.list({ limit: 100 });
  assert.deepEqual(new Set(ended.map(({ status }) => status)), new Set(['completed']));
});
