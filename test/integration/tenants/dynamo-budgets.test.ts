import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDynamoBudgets } from '../../../adapters/dynamo-budgets.ts';
import type { Charge } from '../../../core/tenants/budgets.ts';
import { startStateTable } from '../providers/start-state-table.ts';

const now = Date.UTC(2026, 10, 26, 13);

function chargeOf(number: number, usd: number, members: Partial<Charge> = {}): Charge {
  return {
    tenant: 'acme',
    taskId: `task_${number}`,
    createdAt: now,
    deadlineAt: now + 60_000 + number,
    usd,
    ...members,
  };
}

test('parallel reservations pass a budget not by one, and what is settled is free once', async (t) => {
  const { table } = await startStateTable(t);
  const budgets = createDynamoBudgets({ table });
  const charges = Array.from({ length: 60 }, (_, number) => chargeOf(number, 0.05));
  const outcomes = await Promise.all(
    charges.map((charge) => budgets.reserve([charge], { day: 1, month: 50 })),
  );
  const granted = charges.filter((_, index) => outcomes[index]?.granted);
  assert.equal(granted.length, 20);
  assert.deepEqual(await budgets.read('acme', now), { day: 1, month: 1, reserved: 1 });
  // Every settlement is told twice, at once.
  const half = granted.slice(0, 10).map((charge) => ({ ...charge, usd: 0.01 }));
  await Promise.all([...half, ...half].map((charge) => budgets.settle(charge)));
  await Promise.all(half.map((charge) => budgets.settle({ ...charge, usd: 7 })));
  assert.deepEqual(await budgets.read('acme', now), { day: 0.6, month: 0.6, reserved: 0.5 });
  const more = await Promise.all(
    Array.from({ length: 20 }, (_, number) => budgets.reserve([chargeOf(100 + number, 0.05)], { day: 1 })),
  );
  assert.equal(more.filter((outcome) => outcome.granted).length, 8);
});

test('of many tasks all are charged or none, whatever their number', async (t) => {
  const { table } = await startStateTable(t);
  const budgets = createDynamoBudgets({ table });
  const charges = Array.from({ length: 250 }, (_, number) => chargeOf(number, 0.01));
  const refused = await budgets.reserve(charges, { day: 2.4, month: 9 });
  assert.deepEqual([refused.granted, refused.granted || refused.period], [false, 'day']);
  assert.deepEqual(await budgets.read('acme', now), { day: 0, month: 0, reserved: 0 });
  assert.equal((await budgets.reserve(charges, { day: 2.5 })).granted, true);
  assert.deepEqual(await budgets.read('acme', now), { day: 2.5, month: 2.5, reserved: 2.5 });
});

test('a repeat of a reservation charges once', async (t) => {
  const { table } = await startStateTable(t);
  const budgets = createDynamoBudgets({ table });
  const charges = [chargeOf(1, 0.4), chargeOf(2, 0.4)];
  await budgets.reserve(charges.slice(0, 1), { day: 1 });
  assert.equal((await budgets.reserve(charges, { day: 1 })).granted, true);
  assert.equal((await budgets.reserve(charges, { day: 1 })).granted, true);
  assert.equal((await budgets.read('acme', now)).day, 0.8);
});

test('days and months are kept apart, and so are tenants', async (t) => {
  const { table } = await startStateTable(t);
  const budgets = createDynamoBudgets({ table });
  const limits = { day: 1, month: 2 };
  const day = 86_400_000;
  assert.equal((await budgets.reserve([chargeOf(1, 1)], limits)).granted, true);
  const full = await budgets.reserve([chargeOf(2, 0.5)], limits);
  assert.deepEqual([full.granted, full.granted || full.period], [false, 'day']);
  assert.equal((await budgets.reserve([chargeOf(3, 1, { createdAt: now + day })], limits)).granted, true);
  const spent = await budgets.reserve([chargeOf(4, 0.5, { createdAt: now + 2 * day })], limits);
  assert.deepEqual([spent.granted, spent.granted || spent.period], [false, 'month']);
  assert.equal((await budgets.reserve([chargeOf(5, 1, { tenant: 'other' })], limits)).granted, true);
  assert.equal((await budgets.reserve([chargeOf(6, 1, { createdAt: now + 6 * day })], limits)).granted, true);
});

test('an open task’s charge is raised and not lowered, and ends at what it cost', async (t) => {
  const { table } = await startStateTable(t);
  const budgets = createDynamoBudgets({ table });
  await budgets.reserve([chargeOf(1, 0.1)], { day: 1 });
  await budgets.raise(chargeOf(1, 0.3));
  await budgets.raise(chargeOf(1, 0.2));
  assert.deepEqual(await budgets.read('acme', now), { day: 0.3, month: 0.3, reserved: 0.3 });
  await budgets.settle(chargeOf(1, 0.25));
  await budgets.raise(chargeOf(1, 0.9));
  assert.deepEqual(await budgets.read('acme', now), { day: 0.25, month: 0.25, reserved: 0 });
});

test('charges past their deadlines are found, the oldest first, and no others', async (t) => {
  const { table } = await startStateTable(t);
  const budgets = createDynamoBudgets({ table });
  await budgets.reserve([chargeOf(2, 0.1), chargeOf(1, 0.1), chargeOf(9, 0.1)], { day: 1 });
  const { usd: _, ...one } = chargeOf(1, 0);
  const { usd: __, ...two } = chargeOf(2, 0);
  assert.deepEqual(await budgets.listOverdue('acme', now + 60_005, 10), [one, two]);
  assert.deepEqual(await budgets.listOverdue('acme', now, 10), []);
});
