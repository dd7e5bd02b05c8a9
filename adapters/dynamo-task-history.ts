import type { Task } from '../core/tasks/task.ts';
import type { Item } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { parseItem } from './parse-item.ts';
import { taskFromItem } from './task-items.ts';
import { IndexRow } from './task-rows.ts';

const pageSize = 100;

/** Every task of a tenant that is still kept, the newest first, without the results that lie in the bucket. */
export async function* readTaskHistory(table: DynamoTable, tenant: string): AsyncGenerator<Task[]> {
  let startKey: Item | undefined;
  do {
    const page = await table.query({
      index: 'by-time',
      where: '#list_pk = :tenant',
      values: { tenant },
      limit: pageSize,
      newestFirst: true,
      startKey,
    });
    const keys = page.items.map((item) => parseItem('The key of a task', IndexRow, item));
    const rows = await table.getMany(keys, { consistent: true });
    yield rows.map((row) => taskFromItem(row));
    startKey = page.lastKey;
  } while (startKey);
}
