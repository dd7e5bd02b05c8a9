import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue as BullQueue } from 'bullmq';
import { type TaskPlan, toRequest } from '../scheduling/task-plan.ts';
import { startProcess } from '../start-process.ts';
import { priorities, queueName } from './bullmq-settings.ts';
import { cpuMsOf } from './process-figures.ts';
import type { Queue, QueueSettings } from './queue.ts';
import { startRedisServer } from './redis-server.ts';

export interface Job {
  prompt: string;
}

/** Each has half of the limit, so that together they hold it. */
const workers = 2;
const lookMs = 50;

/** BullMQ on a Redis of its own. Rejects where there is no Redis. */
export async function startBullmqQueue({ provider, limit }: QueueSettings): Promise<Queue> {
  const redis = await startRedisServer();
  const args = [String(redis.port), provider, String(limit / workers)];
  const started = await Promise.all(
    Array.from({ length: workers }, () => startProcess(join(import.meta.dirname, 'bullmq-worker.ts'), args)),
  );
  const children = started.map(({ child }) => child);
  const queue = new BullQueue<Job>(queueName, { connection: { host: '127.0.0.1', port: redis.port } });
  let number = 0;
  const toJob = (plan: TaskPlan) => {
    number += 1;
    const { prompt = '', priority = 'normal' } = toRequest(number, plan);
    return { name: 'task', data: { prompt }, opts: { priority: priorities[priority] } };
  };
  const waiting = () => queue.getJobCountByTypes('waiting', 'active', 'prioritized', 'delayed');
  return {
    name: 'BullMQ',
    async submitAll(plans) {
      await queue.addBulk(plans.map(toJob));
    },
    async submitOne(plan) {
      const { name, data, opts } = toJob(plan);
      const mine = number;
      await queue.add(name, data, opts);
      return mine;
    },
    async drain() {
      while ((await waiting()) > 0) await sleep(lookMs);
      const [failed] = await queue.getFailed();
      if (failed) throw new Error(`A job of BullMQ failed: ${failed.failedReason}`);
      const done = await queue.getCompleted();
      return Math.max(...done.map(({ finishedOn = 0 }) => finishedOn));
    },
    cpu: () => ({
      redis: cpuMsOf(redis.pid),
      workers: children.reduce((sum, { pid = 0 }) => sum + cpuMsOf(pid), 0),
    }),
    async stop() {
      await queue.close();
      for (const child of children) {
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.disconnect();
        await ended;
      }
      await redis.stop();
    },
  };
}
