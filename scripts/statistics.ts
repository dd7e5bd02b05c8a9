/**
 * npm run statistics -- check | recount   [--stage dev] [--target local|emulator|aws]
 *
 * Counts the tasks that are kept anew and prints each counter that is behind them; `recount` raises those. No counter is
 * lowered: the counters also know tasks that are kept no more, and Prometheus' counters only grow. How the
 * deployment is found: docs/operations.md.
 */

import { createDynamoRecount, type Shortfall } from '../adapters/dynamo-recount.ts';
import { readTaskHistory } from '../adapters/dynamo-task-history.ts';
import { listTaskTypes } from '../config/task-types.ts';
import { listModelNames } from '../core/statistics/model-names.ts';
import { replayTask } from '../core/statistics/replay-task.ts';
import { openTable } from './command/open-table.ts';
import { runCommand } from './command/run-command.ts';
import { subcommand } from './command/subcommand.ts';
import type { Target } from './command/target.ts';
import { readCatalogue } from './deployed/read-catalogue.ts';

/** What happened since then may be on its way to the counters still. */
const settledMs = 5 * 60_000;

function describe({ key, name, counted, recounted }: Shortfall): string {
  return `${key.pk} ${key.sk}  ${name}: ${counted}, by the tasks at least ${recounted}`;
}

async function countAnew(target: Target, raises: boolean): Promise<void> {
  const { ownTypes, providers } = await readCatalogue();
  const until = Date.now() - settledMs;
  const recount = createDynamoRecount({
    table: await openTable(target, 'StateTable'),
    taskTypes: new Set(listTaskTypes(ownTypes).keys()),
    models: listModelNames(providers),
  });
  let seen = 0;
  for await (const tasks of readTaskHistory(await openTable(target, 'TaskTable'))) {
    for (const task of tasks) recount.count(replayTask(task, until));
    seen += tasks.length;
  }
  const shortfalls = await recount.compare();
  for (const shortfall of shortfalls) console.log(describe(shortfall));
  if (raises) await recount.raise(shortfalls);
  const behind = shortfalls.length === 1 ? '1 counter is behind' : `${shortfalls.length} counters are behind`;
  console.log(
    `${seen === 1 ? '1 task is' : `${seen} tasks are`} kept; ${behind}${raises && shortfalls.length > 0 ? ', and raised' : ''}`,
  );
}

await runCommand({
  script: 'statistics',
  subcommands: [
    subcommand({ name: 'check', run: (_given, target) => countAnew(target, false) }),
    subcommand({ name: 'recount', run: (_given, target) => countAnew(target, true) }),
  ],
});
