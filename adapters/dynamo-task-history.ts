import type { Task } from '../core/tasks/task.ts';
import type { Item } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { parseItem } from './parse-item.ts';
import { taskFromItem } from './task-items.ts';
import { IndexRow } from './task-rows.ts';

const pageSize = 100;

/** Every task that is still kept, of all tenants, in no order, without the results that lie in the bucket. */
export async function* readTaskHistory(table: DynamoTable): AsyncGenerator<Task[]> {
  let startKey: Item | undefined;
  do {
    // The index has the keys of the tasks alone: their inputs are not read.
    const page = await table.scan({ index: 'by-time', limit: pageSize, startKey });
    const keys = page.items.map((item) => parseItem('The key of a task', IndexRow, item));
    const rows = await table.getMany(keys, { consistent: true });
    yield rows.map((row) => taskFromItem(row));
    startKey = page.lastKey;
  } while (startKey);
}
