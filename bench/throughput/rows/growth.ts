import { measureRun, warmUp } from '../measure-run.ts';
import type { Queue } from '../queue.ts';
import { type Bench, compare, type Figure, type Row } from '../row.ts';
import { startServiceQueue } from '../service-queue.ts';

const limit = 20;
const count = 300;

/** How fast a queue is with so much of something else there. */
async function runAmong(
  queue: Queue,
  { provider }: Bench,
  plans: object[],
  among: string,
): Promise<Figure[]> {
  await provider.reset({ serviceMs: 0 });
  const { seconds, cpuMs } = await measureRun(queue, provider, () => queue.submitAll(plans));
  const own = Object.values(cpuMs).reduce((sum, ms) => sum + ms, 0);
  return [
    { what: `tasks a second, ${among}`, value: plans.length / seconds, unit: '/s' },
    { what: `CPU of a task, ${among}`, value: own / plans.length, unit: 'ms' },
  ];
}

const tasks = (many: number) => Array.from({ length: many }, () => ({}));

const waiting: Row = {
  name: 'growth-waiting',
  run: (bench) =>
    compare(bench, limit, async (queue) => {
      await warmUp(queue, bench.provider, 600);
      const figures: Figure[] = [];
      for (const many of [1, 10, 100, 1_000, 5_000]) {
        bench.tell(`${queue.name}, ${many} waiting`);
        figures.push(...(await runAmong(queue, bench, tasks(many), `${many} waiting`)));
      }
      return figures;
    }),
};

const followers: Row = {
  name: 'growth-followers',
  async run(bench) {
    const queue = await startServiceQueue({ provider: bench.provider.baseUrls.local, limit });
    const stop = new AbortController();
    try {
      await warmUp(queue, bench.provider, 600);
      const figures: Figure[] = [];
      let following = 0;
      const seen: number[] = [];
      const follow = async () => {
        const mine = seen.push(0) - 1;
        for await (const _ of queue.client.follow({ signal: stop.signal }))
          seen[mine] = (seen[mine] ?? 0) + 1;
      };
      for (const many of [0, 1, 10, 100]) {
        bench.tell(`${many} followers`);
        for (; following < many; following += 1) void follow().catch(() => {});
        await untilFollowing(queue, seen, many);
        figures.push(...(await runAmong(queue, bench, tasks(count), `${many} followers of every event`)));
      }
      return figures.map((figure) => ({ ...figure, what: `service: ${figure.what}` }));
    } finally {
      stop.abort();
      await queue.stop();
    }
  },
};

/** Tasks run until everybody has heard of some. */
async function untilFollowing(queue: Queue, seen: number[], many: number): Promise<void> {
  const before = [...seen];
  for (let tried = 0; tried < 20; tried += 1) {
    if (many === 0 || seen.every((events, index) => events > (before[index] ?? 0))) return;
    await queue.submitAll(tasks(5));
    await queue.drain();
  }
  throw new Error(`Of ${many} followers some hear of nothing`);
}

/** Of a stored task, most of it its prompt. */
const storedKib = 20;

const stored: Row = {
  name: 'growth-stored',
  async run(bench) {
    const queue = await startServiceQueue({ provider: bench.provider.baseUrls.local, limit });
    try {
      await warmUp(queue, bench.provider, 600);
      const figures: Figure[] = [];
      let kib = 0;
      for (const mib of [1, 10, 50]) {
        bench.tell(`${mib} MiB stored`);
        await bench.provider.reset({ serviceMs: 0 });
        const missing = Math.ceil((mib * 1_024 - kib) / storedKib);
        for (let left = missing; left > 0; left -= 200)
          await queue.submitAll(
            Array.from({ length: Math.min(left, 200) }, () => ({ promptBytes: storedKib * 1_024 })),
          );
        kib += missing * storedKib;
        await queue.drain();
        figures.push(...(await runAmong(queue, bench, tasks(count), `${mib} MiB of tasks stored`)));
      }
      return figures.map((figure) => ({ ...figure, what: `service: ${figure.what}` }));
    } finally {
      await queue.stop();
    }
  },
};

export const growth: Row[] = [waiting, followers, stored];
