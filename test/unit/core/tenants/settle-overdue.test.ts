import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Charge } from '../../../../core/tenants/budgets.ts';
import { settleOverdue } from '../../../../core/tenants/settle-overdue.ts';
import { completed, makeTask } from '../../../make-task.ts';

test('charges of tasks that ended, or were never stored, are settled; those of open ones stay', async () => {
  const settled: Charge[] = [];
  const rows = [completed({ taskId: 'ended' }), completed({ taskId: 'other' }), makeTask({ taskId: 'open' })];
  const chargeOf = (taskId: string, deadlineAt = makeTask().deadlineAt) => ({
    tenant: 'default',
    taskId,
    createdAt: 1,
    deadlineAt,
  });
  const budgets = {
    listOverdue: async (tenant: string) =>
      tenant === 'default'
        ? [chargeOf('ended'), chargeOf('missing'), chargeOf('open'), chargeOf('other', 7)]
        : [],
    settle: async (charge: Charge) => void settled.push(charge),
  };
  const tasks = { getMany: async () => rows };
  assert.equal(await settleOverdue(['default', 'idle'], { budgets, tasks }, Date.now()), 3);
  assert.deepEqual(
    settled.map(({ taskId, usd }) => [taskId, usd]),
    // The last was reserved by a request that another with the same key overtook.
    [
      ['ended', 0.5],
      ['missing', 0],
      ['other', 0],
    ],
  );
});
