import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Batch } from '../../../../core/batches/batch.ts';
import type { Task } from '../../../../core/tasks/task.ts';
import type { Delivery } from '../../../../core/webhooks/deliveries.ts';
import { listBatchDeliveries } from '../../../../core/webhooks/list-batch-deliveries.ts';
import { listDeliveries } from '../../../../core/webhooks/list-deliveries.ts';
import { makeTask } from '../../../make-task.ts';

const url = 'https://hook.example/';
const delivered: Delivery = {
  tenant: 'default',
  subjectId: 'task_0b7e',
  eventId: 'evt_0b7e_3',
  eventType: 'completed',
  url,
  status: 'delivered',
  attempts: 2,
  lastAttemptAt: 5,
  lastStatus: 200,
  lastError: null,
  nextAttemptAt: null,
};

async function list(members: Partial<Task> | undefined, tried: Delivery[] = []) {
  const tasks = { getMany: async () => (members ? [makeTask(members)] : []) };
  const deliveries = { list: async () => tried };
  const found = await listDeliveries({ tenant: 'default', taskId: 'task_0b7e' }, { tasks, deliveries });
  return found.map(({ eventId, status, attempts }) => [eventId, status, attempts]);
}
const completed: Partial<Task> = {
  status: 'completed',
  lastEvent: 'completed',
  version: 3,
  callbackUrl: url,
};

test('a final event is pending before its first try, and then as its tries went', async () => {
  assert.deepEqual(await list(completed), [['evt_0b7e_3', 'pending', 0]]);
  assert.deepEqual(await list(completed, [delivered]), [['evt_0b7e_3', 'delivered', 2]]);
});

test('what was tried of earlier events comes before it', async () => {
  const earlier = { ...delivered, eventId: 'evt_0b7e_2', eventType: 'processing' };
  assert.deepEqual(await list(completed, [earlier]), [
    ['evt_0b7e_2', 'delivered', 2],
    ['evt_0b7e_3', 'pending', 0],
  ]);
});

test('no delivery is pending that is not wanted', async () => {
  assert.deepEqual(await list({ ...completed, callbackUrl: null }), []);
  const running: Partial<Task> = { status: 'processing', lastEvent: 'processing', version: 2 };
  assert.deepEqual(await list({ ...running, callbackUrl: url }), []);
  assert.deepEqual(await list({ ...running, callbackUrl: url, callbackEvents: ['processing'] }), [
    ['evt_0b7e_2', 'pending', 0],
  ]);
  await assert.rejects(list(undefined), { code: 'not_found' });
});

test('a batch has one, once it is completed', async () => {
  const batch: Batch = {
    ...{ tenant: 'default', batchId: 'batch_1', createdAt: 1, completedAt: null, callbackUrl: url },
    ...{ version: 1, total: 1, processing: 1, completed: 0, failed: 0, cancelled: 0 },
  };
  const listOf = async (stored: Batch | undefined, tried: Delivery[] = []) => {
    const ports = { batches: { get: async () => stored }, deliveries: { list: async () => tried } };
    const found = await listBatchDeliveries('default', 'batch_1', ports);
    return found.map(({ eventId, eventType, status }) => [eventId, eventType, status]);
  };
  const done = { ...batch, completedAt: 9, version: 2, processing: 0, completed: 1 };
  assert.deepEqual(await listOf(batch), []);
  assert.deepEqual(await listOf(done), [['evt_1_2', 'batch.completed', 'pending']]);
  assert.deepEqual(await listOf({ ...done, callbackUrl: null }), []);
  const tried = { ...delivered, subjectId: 'batch_1', eventId: 'evt_1_2', eventType: 'batch.completed' };
  assert.deepEqual(await listOf(done, [tried]), [['evt_1_2', 'batch.completed', 'delivered']]);
  await assert.rejects(listOf(undefined), { code: 'not_found' });
});
