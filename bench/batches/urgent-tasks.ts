import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../../client/create-client.ts';
import { percentile } from '../percentile.ts';

/** Twenty a minute. */
const everyMs = 3_000;
const patienceMs = 120_000;

/** Hands in urgent tasks until it is told to stop, and measures how long each waited for its start. */
export function startUrgentTasks(client: Client): { stop(): Promise<string> } {
  const waits: number[] = [];
  const running: Promise<void>[] = [];
  let lost = 0;
  let number = 0;
  async function one(): Promise<void> {
    const config = { cache_enabled: false };
    const { task_id } = await client.submit({
      type: 'custom',
      prompt: `Urgent ${number}`,
      priority: 'high',
      config,
    });
    for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(250)) {
      const task = await client.get(task_id);
      if (task.started_at) {
        waits.push(Date.parse(task.started_at) - Date.parse(task.created_at));
        return;
      }
    }
    lost += 1;
  }
  const timer = setInterval(() => {
    number += 1;
    running.push(
      one().catch((error: unknown) => {
        lost += 1;
        console.error(String(error));
      }),
    );
  }, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(running);
      const [p50, p95, worst] = [0.5, 0.95, 1].map((share) => Math.round(percentile(waits, share)));
      return `${waits.length} urgent tasks waited ${p50} ms (p50), ${p95} ms (p95), ${worst} ms (worst); ${lost} did not start`;
    },
  };
}
