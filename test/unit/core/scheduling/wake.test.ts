import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReceivedTask } from '../../../../core/scheduling/task-queues.ts';
import { createWake } from '../../../../core/scheduling/wake.ts';

test('a waiting task shows again, and a ticket of its provider comes for it', async () => {
  const asked: unknown[] = [];
  const wake = createWake({
    setVisibility: async (...args) => void asked.push(['show', ...args]),
    sendTickets: async (...args) => void asked.push(['ticket', ...args]),
  });
  const received = { handle: 'h' } as ReceivedTask;
  await wake({ provider: 'qwen', received });
  await wake({ provider: 'qwen', received }, 3_000);
  assert.deepEqual(asked, [
    ['show', 'qwen', received, 0],
    ['ticket', 'qwen', 1, 0],
    ['show', 'qwen', received, 3_000],
    ['ticket', 'qwen', 1, 3_000],
  ]);
});
