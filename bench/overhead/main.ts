import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { percentile } from '../percentile.ts';
import { ask, submit, type Timing } from './ask.ts';
import { startTargets } from './targets.ts';

// What the service adds to a call of a provider, beside a gateway that stores nothing: in one run on one machine, warm.

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    calls: { type: 'string', default: '200' },
    /** The command of an installed LiteLLM proxy. */
    litellm: { type: 'string' },
    callers: { type: 'string', default: '1,20,100' },
  },
});
const calls = Number(values.calls);
const counts = values.callers.split(',').map(Number);

interface Row {
  target: string;
  callers: number;
  streams: boolean;
  errors: number;
  firstTokenMs: { p50: number; p95: number };
  totalMs: { p50: number; p95: number };
}

async function measure(
  target: string,
  callers: number,
  streams: boolean,
  count: number,
  call: () => Promise<Timing>,
): Promise<Row> {
  const timings: Timing[] = [];
  let errors = 0;
  let left = count;
  const caller = async () => {
    while (left > 0) {
      left -= 1;
      await call().then(
        (timing) => timings.push(timing),
        (error: unknown) => {
          errors += 1;
          if (errors === 1) console.error(String(error));
        },
      );
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const spread = (of: (timing: Timing) => number) => ({
    p50: percentile(timings.map(of), 0.5),
    p95: percentile(timings.map(of), 0.95),
  });
  return {
    target,
    callers,
    streams,
    errors,
    firstTokenMs: spread(({ firstTokenMs }) => firstTokenMs),
    totalMs: spread(({ totalMs }) => totalMs),
  };
}

console.log('Starting the provider, the service and the gateway …');
const { targets, serviceUrl, stop } = await startTargets(values.litellm);
const rows: Row[] = [];
try {
  // Warm for as many callers as there will be.
  for (const callers of counts)
    for (const target of targets)
      for (const streams of [false, true])
        await measure(target.name, callers, streams, callers * 3, () => ask(target, streams));
  await measure('hand in', 1, false, 50, () => submit(serviceUrl));
  // What was handed in is done before anything is measured.
  await sleep(15_000);
  rows.push(await measure('hand in', 1, false, calls, () => submit(serviceUrl)));
  await sleep(15_000);
  for (const callers of counts)
    for (const streams of [false, true])
      for (const target of targets) {
        const row = await measure(target.name, callers, streams, calls * (callers > 1 ? 2 : 1), () =>
          ask(target, streams),
        );
        rows.push(row);
        console.log(describe(row, rows));
      }
} finally {
  await stop();
}
const handIn = rows[0];
if (handIn)
  console.log(
    `hand in a task: p50 ${handIn.totalMs.p50.toFixed(1)} ms, p95 ${handIn.totalMs.p95.toFixed(1)} ms`,
  );
if (values.json) writeFileSync(values.json, JSON.stringify(rows, null, 2));

/** A row with what it adds to the provider's own time, and that by the p50 of handing in a task. */
function describe(row: Row, all: Row[]): string {
  const own = all.find(
    (each) => each.target === 'provider' && each.callers === row.callers && each.streams === row.streams,
  );
  const handedIn = all[0]?.totalMs.p50 ?? Number.NaN;
  const part = (name: 'firstTokenMs' | 'totalMs') => {
    const { p50, p95 } = row[name];
    const added = own ? p50 - own[name].p50 : Number.NaN;
    const added95 = own ? p95 - own[name].p95 : Number.NaN;
    return `p50 ${p50.toFixed(1)} (+${added.toFixed(1)}, ${(added / handedIn).toFixed(2)} × hand in) p95 ${p95.toFixed(1)} (+${added95.toFixed(1)})`;
  };
  const what = row.streams ? 'stream' : 'whole ';
  return `${row.target.padEnd(9)} ${String(row.callers).padStart(3)} callers ${what} first ${part('firstTokenMs')} total ${part('totalMs')} errors ${row.errors}`;
}
