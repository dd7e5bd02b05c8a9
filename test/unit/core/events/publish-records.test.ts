import assert from 'node:assert/strict';
import test from 'node:test';
import type { Change } from '../../../../core/events/change.ts';
import { publishRecords, readRecords } from '../../../../core/events/publish-records.ts';
import { completed, start } from '../../../make-task.ts';
import { fakeLimits, fakePorts } from './fakes.ts';

const records = ['1', 'new', '2', 'none'].map((eventName) => ({ eventName }));
const options = {
  busEvents: new Set(['completed']),
  taskTypes: new Set<string>(),
  models: new Set<string>(),
};
const { limits } = fakeLimits(start);

/** Of a version that does not know what `new` is. */
function readAsOld({ eventName = '' }: { eventName?: string | undefined }): Change | undefined {
  if (eventName === 'new') throw new TypeError('cannot be read');
  if (eventName === 'none') return undefined;
  const after = completed({ taskId: `task_${eventName}` });
  return { kind: 'task', sequence: eventName, before: undefined, after };
}

test('a record that cannot be read holds up no other, and is answered whole', () => {
  const { changes, unread, error } = readRecords(records, readAsOld);
  assert.deepEqual(
    changes.map(({ sequence }) => sequence),
    ['1', '2'],
  );
  assert.deepEqual(unread, [{ eventName: 'new' }]);
  assert.match(String(error), /cannot be read/);
});

test('what another version can read is published on every channel; the rest waits on', async () => {
  const told = fakePorts();
  assert.deepEqual(await publishRecords(records, readAsOld, options, told.ports, limits), [
    { eventName: 'new' },
  ]);
  assert.equal(told.onBus.length, 2);
  const later = fakePorts();
  const readAsNew = () => readAsOld({ eventName: '3' });
  assert.deepEqual(await publishRecords([{ eventName: 'new' }], readAsNew, options, later.ports, limits), []);
  assert.equal(later.onBus[0]?.event.task_id, 'task_3');
  assert.ok(later.counted.length > 0, 'and counted');
});

test('where neither a channel nor the queue of shares takes it, all of it waits on', async () => {
  const { ports } = fakePorts({ bus: { put: async (events) => events }, shares: { put: async () => false } });
  const read = [{ eventName: '1' }];
  assert.deepEqual(await publishRecords(read, readAsOld, options, ports, limits), read);
});
