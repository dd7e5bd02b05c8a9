import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, createClient } from '../../client/create-client.ts';
import { toRequest } from '../scheduling/task-plan.ts';
import { startProcess } from '../start-process.ts';
import { unkeyed } from '../unkeyed.ts';
import type { Question } from './local-service.ts';
import { cpuMsOf } from './process-figures.ts';
import type { Queue, QueueSettings } from './queue.ts';

const lookMs = 200;
/** Of a batch; more are several batches. */
const mostTasks = 1_000;

export interface ServiceQueue extends Queue {
  readonly url: string;
  readonly pid: number;
  readonly client: Client;
  ask<Answer>(question: Question): Promise<Answer>;
}

/** The service in a process of its own, on a data directory of its own. */
export async function startServiceQueue(
  { provider, limit }: QueueSettings,
  settings: Record<string, string> = {},
): Promise<ServiceQueue> {
  const variables = {
    LLM_PROVIDERS: 'local',
    LOCAL_LLM_BASE_URL: provider,
    LLM_CONCURRENCY_LOCAL: String(limit),
    LLM_TASK_TIMEOUT: '1h',
    LLM_MAX_QUEUE_SIZE: '100000',
    ...settings,
  };
  const { child, message } = await startProcess<{ url: string }>(
    join(import.meta.dirname, 'local-service.ts'),
    [JSON.stringify(variables)],
  );
  let asked = 0;
  return {
    ...queueAt(message.url, child.pid ?? 0),
    pid: child.pid ?? 0,
    ask(question) {
      asked += 1;
      const id = asked;
      return new Promise((resolve) => {
        const listen = (answer: unknown) => {
          const reply = answer as { id: number; answer: never };
          if (reply.id !== id) return;
          child.off('message', listen);
          resolve(reply.answer);
        };
        child.on('message', listen);
        child.send({ id, question });
      });
    },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.disconnect();
      await ended;
    },
  };
}

/** What serves at an address, in a process that is there already. */
export function queueAt(url: string, pid: number) {
  const client = createClient({ baseUrl: url });
  const batches: string[] = [];
  const singles: string[] = [];
  let number = 0;

  async function untilEnded(): Promise<void> {
    for (const id of batches) {
      let open = true;
      while (open) {
        const { status } = await client.getBatch(id);
        open = status !== 'completed';
        if (open) await sleep(lookMs);
      }
    }
    for (const id of singles) while ((await client.get(id)).completed_at === null) await sleep(lookMs);
  }

  return {
    name: 'service',
    url,
    client,
    async submitAll(plans: Parameters<Queue['submitAll']>[0]) {
      for (let from = 0; from < plans.length; from += mostTasks) {
        const tasks = plans.slice(from, from + mostTasks).map((plan) => {
          number += 1;
          return toRequest(number, plan);
        });
        const { batch_id, rejected: refused } = await client.submitBatch({ tasks }, unkeyed);
        if (refused > 0) throw new Error(`${refused} tasks were refused`);
        batches.push(batch_id);
      }
    },
    async submitOne(plan: Parameters<Queue['submitOne']>[0]) {
      number += 1;
      const mine = number;
      const { task_id } = await client.submit(toRequest(mine, plan), unkeyed);
      singles.push(task_id);
      return mine;
    },
    async drain() {
      await untilEnded();
      let last = 0;
      const see = (ended: string | null) => {
        last = Math.max(last, Date.parse(ended ?? ''));
      };
      for (const batch_id of batches)
        for await (const { completed_at } of client.listAll({ batch_id })) see(completed_at);
      for (const id of singles) see((await client.get(id)).completed_at);
      batches.length = 0;
      singles.length = 0;
      return last;
    },
    cpu: () => ({ service: cpuMsOf(pid) }),
  };
}
