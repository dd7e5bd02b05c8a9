import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { startRecordingProvider } from './provider-report.ts';
import { type Measure, runScenario, type Totals } from './scenario.ts';
import { backlogs } from './scenarios/backlog.ts';
import { equalTasks } from './scenarios/equal-tasks.ts';
import { faults } from './scenarios/faults.ts';
import { limitsHold } from './scenarios/limits-hold.ts';
import { plainPaths } from './scenarios/plain-path.ts';
import { rates } from './scenarios/rate.ts';
import { restarts } from './scenarios/restart.ts';
import { sharedLimits } from './scenarios/shared-limit.ts';
import { tokenRates } from './scenarios/tokens.ts';
import { typeLimits } from './scenarios/type-limit.ts';

/**
 * npm run bench:scheduling [-- --only backlog] [--json file]
 *
 * The whole service on the local host in this process, against a provider in its own process that records what it
 * sees. All of it takes about an hour, one scenario mostly some minutes.
 */
const { values } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'string' } } });
const scenarios = [
  ...backlogs,
  ...limitsHold,
  ...typeLimits,
  ...sharedLimits,
  ...rates,
  ...tokenRates,
  ...equalTasks,
  ...plainPaths,
  ...restarts,
  ...faults,
].filter(({ name }) => values.only === undefined || name.includes(values.only));
const provider = await startRecordingProvider();
const totals: Totals = { accepted: 0, ended: 0 };
const measures: Measure[] = [];
for (const scenario of scenarios) measures.push(...(await runScenario(scenario, provider, totals)));
provider.stop();

const lost = totals.accepted - totals.ended;
measures.push({
  what: 'tasks accepted − tasks ended',
  bar: '0',
  measured: `${lost} (of ${totals.accepted})`,
  met: lost === 0,
});

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
