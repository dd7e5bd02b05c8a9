import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { failures } from './failures.ts';
import { startFleet } from './fleet.ts';
import { type Measure, runScenario } from './scenario.ts';
import { strategies } from './strategies.ts';

/**
 * npm run bench:routing [-- --only speed] [--tasks 2000] [--rate 10] [--json file]
 *
 * The whole service on the local host in this process, against four providers in processes of their own. Takes about
 * a quarter of an hour.
 */
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    tasks: { type: 'string', default: '2000' },
    rate: { type: 'string', default: '10' },
    json: { type: 'string' },
  },
});
const chosen = [...failures, ...strategies].filter(
  ({ name }) => values.only === undefined || name === values.only,
);
const fleet = await startFleet();
const measures: Measure[] = [];
for (const scenario of chosen)
  measures.push(
    ...(await runScenario(scenario, { fleet, tasks: Number(values.tasks), rate: Number(values.rate) })),
  );
fleet.stop();

const widths = (['what', 'bar', 'measured'] as const).map((column) =>
  Math.max(column.length, ...measures.map((measure) => measure[column].length)),
);
const row = (cells: string[]) => cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ');
console.log(row(['what', 'bar', 'measured', 'met']));
for (const { what, bar, measured, met } of measures)
  console.log(row([what, bar, measured, met ? 'yes' : 'NO']));
const json = JSON.stringify({ at: new Date().toISOString(), node: process.version, measures }, undefined, 2);
if (values.json) await writeFile(values.json, `${json}\n`);
else console.log(json);
process.exitCode = measures.every(({ met }) => met) ? 0 : 1;
