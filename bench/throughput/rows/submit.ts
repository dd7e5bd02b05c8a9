import { setTimeout as sleep } from 'node:timers/promises';
import { spread, warmUp } from '../measure-run.ts';
import type { Queue } from '../queue.ts';
import { compare, type Row } from '../row.ts';

const count = 200;
/** The task that was handed in runs meanwhile: so is what hands in mostly met. */
const pauseMs = 20;

/** Milliseconds that each took, so long apart. */
async function handIn(queue: Queue, apartMs: number): Promise<number[]> {
  const taken: number[] = [];
  for (let sent = 0; sent < count; sent += 1) {
    const startedAt = performance.now();
    await queue.submitOne({});
    taken.push(performance.now() - startedAt);
    if (apartMs > 0) await sleep(apartMs);
  }
  await queue.drain();
  return taken;
}

/** Tasks one by one, each when the one before was accepted. */
export const submit: Row = {
  name: 'submit',
  run: (bench) =>
    compare(bench, 20, async (queue) => {
      await warmUp(queue, bench.provider, 100);
      for (let sent = 0; sent < 50; sent += 1) await queue.submitOne({});
      await queue.drain();
      const taken = await handIn(queue, 0);
      const apart = await handIn(queue, pauseMs);
      const each = spread(taken);
      return [
        {
          what: 'one task handed in, one after the other, p50',
          value: each.p50,
          unit: 'ms',
          bar: { atMost: 8 },
        },
        { what: 'the same, p95', value: each.p95, unit: 'ms' },
        { what: `the same with ${pauseMs} ms between, p50`, value: spread(apart).p50, unit: 'ms' },
      ];
    }),
};
