import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createProgress } from '../progress.ts';
import type { Bill } from './bill.ts';
import { type Counted, countRow, type Row } from './count-row.ts';
import { billIdleMonth } from './idle-month.ts';
import type { Load } from './paths.ts';
import { writePins } from './pinned-requests.ts';
import { pricedOn, prices } from './prices.ts';
import { startWorld } from './world.ts';

/**
 * npm run bench:cost [-- --only batch] [--json file] [--pin]
 *
 * The whole service on the local host, with a provider in its own process: every request that AWS would bill is counted
 * where it is made, and priced. Takes about six minutes. `--pin` instead writes what test/integration/cost holds.
 */
const { values } = parseArgs({
  options: { only: { type: 'string' }, json: { type: 'string' }, pin: { type: 'boolean' } },
});
if (values.pin) {
  await writePins();
  process.exit();
}
const base: Load = { inBytes: 2_048, outBytes: 1_024, modelMs: 2_000 };
const kilobytes = (inKilobytes: number): Load => ({
  ...base,
  inBytes: inKilobytes * 1_024,
  outBytes: inKilobytes * 512,
});
const single = { path: 'single', load: base, rounds: 4 } as const;
const atLowLoad: Row[] = [
  single,
  { ...single, follows: true },
  // As many as there are when the service is busy: changes and counts fall together.
  { ...single, follows: true, rounds: 1, atOnce: 200, everyMs: 100 },
  { ...single, callsBack: true },
  ...[false, true].flatMap((follows): Row[] => [
    { path: 'batch of 10', load: base, follows, rounds: 3 },
    { path: 'batch of 100', load: base, follows, rounds: 1 },
  ]),
  { path: 'sync', load: base, rounds: 4 },
  { path: 'sync', load: base, follows: true, rounds: 4 },
  { path: 'stream', load: base, rounds: 4 },
  { path: 'stream', load: base, follows: true, rounds: 4 },
  { path: 'chat, streamed', load: base, rounds: 4 },
  { path: 'background response', load: base, rounds: 4 },
  { path: 'cache hit', load: base, rounds: 4 },
  { ...single, follows: true, rounds: 3, load: kilobytes(20) },
  { ...single, follows: true, rounds: 3, load: kilobytes(200) },
  { ...single, follows: true, rounds: 2, load: { ...base, modelMs: 10_000 } },
  { ...single, follows: true, rounds: 1, load: { ...base, modelMs: 60_000 } },
];
const saturated: Row[] = [{ path: 'batch of 100', load: base, follows: true, rounds: 1, atOnce: 4 }];

interface Result extends Counted {
  name: string;
}

async function countRows(name: string, settings: Record<string, string>, rows: Row[]): Promise<Result[]> {
  const chosen = rows.filter((row) => values.only === undefined || nameOf(row).includes(values.only));
  if (chosen.length === 0) return [];
  const progress = createProgress(name);
  progress.tell('starting the service');
  const world = await startWorld(settings);
  const results: Result[] = [];
  try {
    for (const row of chosen) {
      progress.tell(nameOf(row));
      // What an environment does once is not a task's.
      await countRow(world, {
        ...row,
        rounds: 1,
        atOnce: Math.min(row.atOnce ?? 1, 4),
        load: { ...row.load, modelMs: 10 },
      });
      results.push({ name: nameOf(row), ...(await countRow(world, row)) });
    }
  } finally {
    await world.stop();
  }
  progress.end(`${results.length} rows`);
  return results;
}

function nameOf({ path, load, follows, callsBack, atOnce = 1, everyMs }: Row): string {
  return [
    everyMs
      ? `${path}, ${1_000 / everyMs} a second`
      : atOnce > 1
        ? `${atOnce} × ${path}, 4 tasks an invocation`
        : path,
    ...(follows ? ['followed'] : []),
    ...(callsBack ? ['called back'] : []),
    ...(load.inBytes !== base.inBytes
      ? [`${load.inBytes / 1_024} KB in, ${load.outBytes / 1_024} KB out`]
      : []),
    ...(load.modelMs !== base.modelMs ? [`${load.modelMs / 1_000} s`] : []),
  ].join(', ');
}

const million = 1_000_000;
const largest = (bill: Bill, times: number) =>
  bill
    .list()
    .slice(0, 3)
    .map(({ item, usd }) => `${item} ${(usd * times).toFixed(2)}`)
    .join(', ');

const results = [
  ...(await countRows('at low load', { LLM_CONCURRENCY_LOCAL: '40' }, atLowLoad)),
  ...(await countRows(
    'saturated',
    { LLM_CONCURRENCY_LOCAL: '20', LLM_TASKS_PER_INVOCATION: '4' },
    saturated,
  )),
];
console.log(`\nUS dollars per million tasks of 2 KB in, 1 KB out, 2 s of a model; prices of ${pricedOn}`);
for (const { name, bill, requests, emptyPolls } of results) {
  const polls = emptyPolls > 0 ? ` and ${emptyPolls.toFixed(2)} empty polls` : '';
  console.log(
    `\n${name}: $${(bill.usd * million).toFixed(2)}, ${requests.toFixed(2)} requests${polls} a task`,
  );
  for (const { item, quantity, usd } of bill.list())
    if (usd * million >= 0.005)
      console.log(
        `  ${(usd * million).toFixed(2).padStart(7)}  ${item} (${quantity.toPrecision(3)} × ${prices[item].unit})`,
      );
}
const idle = values.only === undefined || values.only === 'idle' ? await billIdleMonth() : undefined;
if (idle) {
  console.log(`\nAn idle month with three providers: $${idle.usd.toFixed(2)} (${largest(idle, 1)})`);
  for (const { item, quantity, usd } of idle.list())
    if (usd >= 0.0005) console.log(`  ${usd.toFixed(3).padStart(7)}  ${item} (${Math.round(quantity)})`);
}
if (values.json) {
  const rows = results.map(({ name, bill, requests, emptyPolls }) => ({
    ...{ name, usdPerMillion: bill.usd * million, requests, emptyPolls },
    items: bill.list(),
  }));
  const figures = { at: new Date().toISOString(), pricedOn, rows, idle: idle?.list() };
  await writeFile(values.json, `${JSON.stringify(figures, undefined, 2)}\n`);
}
