import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Charge, Reservation } from '../../../../core/tenants/budgets.ts';
import { createTenantGate, type TenantGatePorts } from '../../../../core/tenants/tenant-gate.ts';
import type { TenantLimits } from '../../../../core/tenants/tenant-limits.ts';
import { createMemoryRates } from '../../../fakes/scheduling/memory-accounts.ts';
import { makeTask, start } from '../../../make-task.ts';

function setUp(limits: TenantLimits, members: Partial<TenantGatePorts> = {}) {
  const charges: Charge[] = [];
  const settled: Charge[] = [];
  const state = { waiting: 0, open: 0, reservation: { granted: true } as Reservation };
  const gate = createTenantGate({
    limitsOf: (tenant) => (tenant === 'default' ? limits : {}),
    rates: createMemoryRates(),
    queue: {
      countWaiting: async () => state.waiting,
      hasOpen: async (_tenant, atLeast) => state.open >= atLeast,
      noteAccepted: (_tenant, count) => {
        state.waiting += count;
      },
    },
    budgets: {
      reserve: async (all) => {
        charges.push(...all);
        return state.reservation;
      },
      settle: async (charge) => void settled.push(charge),
    },
    ...members,
  });
  return { gate, charges, settled, state };
}

const newTask = (taskId: string, estimatedCostUsd: number) => ({
  task: makeTask({ taskId }),
  input: { prompt: 'p' },
  estimatedCostUsd,
});

test('a request above the rate is refused with when to come again; another tenant’s is not', async () => {
  const { gate } = setUp({ requests_per_minute: 3 });
  for (let sent = 0; sent < 3; sent += 1) await gate.checkRate('default', start);
  await assert.rejects(gate.checkRate('default', start), { code: 'rate_limited', retryAfter: 20_000 });
  await gate.checkRate('another', start);
  await gate.checkRate('default', start + 20_000);
});

test('more tasks than may wait are refused, where the rows say so too', async () => {
  const { gate, state } = setUp({ max_waiting: 10 });
  await gate.checkWaiting('default', 8, start);
  state.open = 8;
  await gate.checkWaiting('default', 2, start);
  state.open = 10;
  await assert.rejects(gate.checkWaiting('default', 1, start), { code: 'queue_full', retryAfter: 5_000 });
  await assert.rejects(gate.checkWaiting('default', 11, start), /11 tasks are more than the 10/);
  // A counter that has lost its way refuses nobody for ever.
  state.open = 0;
  await gate.checkWaiting('default', 1, start);
});

test('where there is a budget the estimated cost is reserved, and the task says how much', async () => {
  const { gate, charges } = setUp({ budget_per_month: 5 });
  const [task] = await gate.reserve([newTask('task_1', 0.25)], start);
  assert.equal(task?.task.reservedUsd, 0.25);
  const { createdAt, deadlineAt } = makeTask();
  assert.deepEqual(charges, [{ tenant: 'default', taskId: 'task_1', createdAt, deadlineAt, usd: 0.25 }]);
});

test('where there is none nothing is asked, and the task says nothing', async () => {
  const { gate, charges } = setUp({});
  const [task] = await gate.reserve([newTask('task_1', 0.25)], start);
  assert.deepEqual([task?.task.reservedUsd, charges], [undefined, []]);
  await gate.release([newTask('task_1', 1)]);
});

test('a budget that has no room refuses, with when the next day or month begins', async () => {
  const { gate, state } = setUp({ budget_per_day: 1, budget_per_month: 20 });
  const use = { day: 0.9, month: 3, reserved: 0.4 };
  state.reservation = { granted: false, period: 'day', use };
  await assert.rejects(gate.reserve([newTask('task_1', 0.25)], start + 1_000), (error) => {
    assert.ok(error instanceof Error);
    assert.match(
      error.message,
      /for the day is \$1, of which \$0\.9 is used or reserved, and this may cost \$0\.25/,
    );
    assert.match(
      error.message,
      /next day begins at 2026-01-02T00:00:00\.000Z; up to \$0\.4 that is reserved/,
    );
    assert.equal((error as { code?: string }).code, 'budget_exceeded');
    assert.equal((error as { retryAfter?: number }).retryAfter, 86_399_000);
    return true;
  });
  state.reservation = { granted: false, period: 'month', use };
  await assert.rejects(gate.reserve([newTask('task_1', 0.25)], start), /next month begins at 2026-02-01/);
});

test('what is reserved for a task that came to nothing is free again', async () => {
  const { gate, settled } = setUp({ budget_per_day: 1 });
  const made = await gate.reserve([newTask('task_1', 0.25)], start);
  await gate.release(made);
  assert.deepEqual(
    settled.map(({ taskId, usd }) => [taskId, usd]),
    [['task_1', 0]],
  );
});
