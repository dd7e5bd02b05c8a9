import type { WaitingTask, WaitingTasks } from '../core/scheduling/waiting-tasks.ts';
import { priorities } from '../core/tasks/task.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { sortableTime } from './task-items.ts';
import { fromWaitingRow, toWaitingRow } from './waiting-task-rows.ts';

const pkOf = (type: string) => `WAIT#${type}`;

/** Most urgent first, and of those the oldest: a query without a filter finds who is next. */
function sortKey({ received: { priority, message } }: WaitingTask): string {
  return `${priorities.indexOf(priority)}#${sortableTime(message.createdAt)}#${message.tenant}#${message.taskId}`;
}

/** A row a task, in the partition of its type. */
export function createDynamoWaitingTasks({ table }: { table: DynamoTable }): WaitingTasks {
  return {
    async add(type, waiting) {
      // The task ends by its deadline, and so does the row if nobody removes it.
      const ttl = Math.ceil(waiting.received.message.deadlineAt / 1000);
      await table.put({ pk: pkOf(type), ...toWaitingRow(sortKey(waiting), waiting), ttl });
    },

    async remove(type, waiting) {
      await table.delete({ pk: pkOf(type), sk: sortKey(waiting) });
    },

    async list(type, limit) {
      const query = { where: '#pk = :pk', values: { pk: pkOf(type) }, limit, consistent: true };
      return (await table.query(query)).items.map(fromWaitingRow);
    },
  };
}
