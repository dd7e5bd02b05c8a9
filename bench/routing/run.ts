import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { failures } from './failures.ts';
import { startFleet } from './fleet.ts';
import { startLightService } from './light-service.ts';
import { type Measure, runScenario } from './scenario.ts';
import { strategies } from './strategies.ts';
import { startWholeService } from './whole-service.ts';

/**
 * npm run bench:routing [-- --only speed] [--tasks 2000] [--rate 10] [--light] [--json file]
 *
 * Runs the whole service on the local host in this process, against four providers in processes of their own.
 * With --light tasks and queues are in memory and there is no Lambda, for busy machines. Takes about a
 * quarter of an hour.
 */
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    tasks: { type: 'string', default: '2000' },
    rate: { type: 'string', default: '10' },
    light: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const chosen = [...failures, ...strategies].filter(
  ({ name }) => values.only === undefined || name === values.only,
);
const fleet = await startFleet();
const measures: Measure[] = [];
const start = () =>
  values.light ? startLightService(fleet.settings, fleet.members) : startWholeService(fleet.settings);
const options = { fleet, tasks: Number(values.tasks), rate: Number(values.rate) };
for (const scenario of chosen) measures.push(...(await runScenario(scenario, options, start)));
fleet.stop();

const widths = (['what', 'bar', 'measured'] as const).map((column) =>
  Math.max(column.length, ...measures.map((measure) => measure[column].length)),
);
const row = (cells: string[]) => cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ');
console.log(row(['what', 'bar', 'measured', 'met']));
for (const { what, bar, measured, met } of measures)
  console.log(row([what, bar, measured, met ? 'yes' : 'NO']));
const json = JSON.stringify(
  { at: new Date().toISOString(), node: process.version, light: values.light, measures },
  undefined,
  2,
);
if (values.json) await writeFile(values.json, `${json}\n`);
else console.log(json);
process.exitCode = measures.every(({ met }) => met) ? 0 : 1;
