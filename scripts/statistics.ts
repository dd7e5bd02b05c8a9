/**
 * npm run statistics -- check | recount   [--stage dev]
 *
 * Counts the tasks that are kept anew and prints each counter that is behind them; `recount` raises those. No counter is
 * lowered: the counters also know tasks that are kept no more, and Prometheus' counters only grow. Credentials and region
 * are the AWS SDK's own; how to reach the local host: docs/operations.md.
 */
import { parseArgs } from 'node:util';
import { createDynamoRecount, type Shortfall } from '../adapters/dynamo-recount.ts';
import { createDynamoClient, createDynamoTable } from '../adapters/dynamo-table.ts';
import { findTableName } from '../adapters/dynamo-table-names.ts';
import { readTaskHistory } from '../adapters/dynamo-task-history.ts';
import { listTaskTypes } from '../config/task-types.ts';
import { replayTask } from '../core/statistics/replay-task.ts';
import { readCatalogue } from './deployed/read-catalogue.ts';
import { runCommand } from './deployed/run-command.ts';

const usage = 'Usage: npm run statistics -- check | recount  [--stage dev]';
/** What happened since then may be on its way to the counters still. */
const settledMs = 5 * 60_000;
/** Whose tasks there are: a deployment has one token. */
const tenant = 'default';

function readCommand(): { raises: boolean; stage: string } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { stage: { type: 'string', default: 'dev' } },
  });
  const [name, ...rest] = positionals;
  if ((name !== 'check' && name !== 'recount') || rest.length > 0) throw new Error(usage);
  return { raises: name === 'recount', stage: values.stage };
}

function describe({ key, name, counted, recounted }: Shortfall): string {
  return `${key.pk} ${key.sk}  ${name}: ${counted}, by the tasks at least ${recounted}`;
}

await runCommand(async () => {
  const { raises, stage } = readCommand();
  const client = createDynamoClient();
  const open = async (name: string) =>
    createDynamoTable({ client, tableName: await findTableName(client, `llm-${stage}-Storage-${name}`) });
  const until = Date.now() - settledMs;
  const recount = createDynamoRecount({
    table: await open('StateTable'),
    taskTypes: new Set(listTaskTypes((await readCatalogue()).ownTypes).keys()),
  });
  let seen = 0;
  for await (const tasks of readTaskHistory(await open('TaskTable'), tenant)) {
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
});
