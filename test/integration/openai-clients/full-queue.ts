import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI from 'openai';
import { errorOf } from './error-of.ts';
import { maxQueueSize, type World } from './start-world.ts';
import { beSilent } from './steps.ts';

/** The last test of all: its provider is silent, and what waits for it fills the queue. */
export function testFullQueue({ connect, local, call }: World): void {
  /** Has one call made and as many tasks wait as may. Counts are kept for a moment, so each look takes one. */
  async function occupy(): Promise<string[]> {
    const config = { provider: 'local', timeout: '20s' };
    const task = { type: 'custom', prompt: 'occupied', priority: 'high', config };
    const { task_id } = await call('POST', '/api/v1/tasks', task);
    while (local.calls('occupied').length === 0) await sleep(50);
    await sleep(1_600);
    const waiting = Array.from({ length: maxQueueSize }, () => task);
    const { tasks } = await call('POST', '/api/v1/tasks/batch', { tasks: waiting });
    await sleep(1_600);
    return [task_id, ...tasks.map((each: { task_id: string }) => each.task_id)];
  }

  test('a full queue is a RateLimitError', async () => {
    local.on('occupied', beSilent);
    const ids = await occupy();
    try {
      const error = await errorOf(
        connect({ maxRetries: 0 }).chat.completions.create({
          model: 'local/any',
          messages: [{ role: 'user', content: 'full' }],
        }),
      );
      assert.ok(error instanceof OpenAI.RateLimitError);
      const seconds = Number(error.headers?.get('retry-after'));
      assert.ok(seconds >= 1 && seconds <= 60, `Retry-After: ${seconds}`);
      assert.equal(error.code, 'rate_limit_exceeded');
      assert.equal(error.headers?.get('x-should-retry'), 'true');
    } finally {
      for (const id of ids) await call('DELETE', `/api/v1/tasks/${id}`).catch(() => {});
    }
  });
}
