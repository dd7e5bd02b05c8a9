import assert from 'node:assert/strict';
import test from 'node:test';
import type { Change } from '../../../../core/events/change.ts';
import { type CountPorts, countTaskChanges } from '../../../../core/events/count-task-changes.ts';
import type { AttemptRecord } from '../../../../core/tasks/task.ts';
import { completed, failed, makeTask, processing, start } from '../../../make-task.ts';
import { fakeLimits, fakePorts, refuses, story } from './fakes.ts';

const paid = { attempt: 1, costUsd: 0.5 } as AttemptRecord;

function count(changes: Change[], ports: CountPorts) {
  return countTaskChanges(
    changes,
    { taskTypes: new Set(['translation']), models: new Set<string>(), busEvents: new Set(['completed']) },
    ports,
    fakeLimits(start).limits,
  );
}

test('changes of one batch are counted together, and a renewed lease not again', async () => {
  const { ports, progressed } = fakePorts();
  const member = (batchIndex: number) => ({ taskId: `task_${batchIndex}`, batchId: 'batch_1', batchIndex });
  const changes = [
    ...story(makeTask(member(0)), processing(member(0)), completed({ ...member(0), changedAt: start + 9 })),
    ...story(makeTask(member(1)), processing({ ...member(1), changedAt: start + 7 }), failed(member(1))),
    ...story(processing(member(2)), processing(member(2))).slice(1),
  ];
  await count(changes, ports);
  const [first, ...others] = progressed;
  assert.deepEqual(
    first?.tasks.map(({ taskId, place, status }) => `${taskId} ${place} ${status}`),
    ['task_0 0 processing', 'task_0 0 completed', 'task_1 1 processing', 'task_1 1 failed'],
  );
  assert.deepEqual([first?.batchId, others], ['batch_1', []]);
});

const everything = story(completed({ batchId: 'batch_1', batchIndex: 0, timeline: [paid] }));
const noBatches = { batches: { add: refuses } };
const noCounters = {
  counters: { ...fakePorts().ports.counters, add: async <T>(left: T[]) => ({ left, error: 'refused' }) },
} as Pick<CountPorts, 'counters'>;
const full = { shares: { put: async () => false } };

test('a change is counted into its batch and the counters, and what it cost is told', async () => {
  const told = fakePorts();
  const report = await count(everything, told.ports);
  assert.deepEqual(report, { failedFrom: undefined, spentUsd: 0.5, kept: [], countsLost: 0 });
  assert.deepEqual([told.progressed.length, told.counted.length, told.shares.length], [1, 2, 0]);
});

test('only the event types that the configuration names go to the bus, together', async () => {
  const { ports, onBus } = fakePorts();
  const changes = ['task_a', 'task_b'].flatMap((taskId) =>
    story(makeTask({ taskId }), processing({ taskId }), completed({ taskId })),
  );
  await count(changes, ports);
  assert.deepEqual(
    onBus.map(({ event }) => `${event.event_type} ${event.task_id}`),
    ['completed task_a', 'completed task_b'],
  );
});

test('where the bus takes nothing its share is put aside, and the batches and counters go on', async () => {
  const told = fakePorts({ bus: { put: async (events) => events } });
  const report = await count(everything, told.ports);
  assert.equal(report.failedFrom, undefined, 'the change does not come again');
  assert.deepEqual(
    told.shares.map((share) => [share.channel, share.owed.length]),
    [['bus', 1]],
  );
  assert.deepEqual([report.kept[0]?.channel, told.progressed.length, told.counted.length], ['bus', 1, 2]);
});

test('changes that concern no batch ask nothing of batches', async () => {
  const { ports, counted } = fakePorts(noBatches);
  const report = await count(story(completed({ timeline: [paid] })), ports);
  assert.deepEqual([report.kept, counted.length], [[], 2]);
});

test('where batches cannot be counted into, their share is put aside, and the counters go on', async () => {
  const told = fakePorts(noBatches);
  const report = await count(everything, told.ports);
  assert.equal(report.failedFrom, undefined, 'the change does not come again');
  assert.deepEqual(
    told.shares.map((share) => [share.channel, share.owed.length]),
    [['batches', 1]],
  );
  assert.deepEqual([report.kept[0]?.channel, report.spentUsd, told.counted.length], ['batches', 0.5, 2]);
});

test('counts that the counters do not take are put aside', async () => {
  const told = fakePorts(noCounters);
  const report = await count(everything, told.ports);
  assert.deepEqual(
    told.shares.map((share) => [share.channel, share.owed.length]),
    [['counters', 2]],
  );
  assert.deepEqual([report.failedFrom, report.spentUsd, report.kept[0]?.error], [undefined, 0.5, 'refused']);
});

test('changes come again where batches and the queue of shares fail, and are counted then', async () => {
  const { ports, counted } = fakePorts({ ...noBatches, ...full });
  const report = await count(everything, ports);
  assert.deepEqual([report.failedFrom, report.spentUsd, counted], ['task_0b7e-0', 0, []]);
});

test('counts that nobody takes make their changes come again, unless others of them were written', async () => {
  const none = await count(everything, fakePorts({ ...noCounters, ...full }).ports);
  assert.deepEqual([none.failedFrom, none.spentUsd], ['task_0b7e-0', 0]);
  const { counters } = fakePorts().ports;
  const add: typeof counters.add = async (increments) => ({ left: increments.slice(1) });
  const some = await count(everything, fakePorts({ counters: { ...counters, add }, ...full }).ports);
  assert.deepEqual([some.failedFrom, some.countsLost], [undefined, 1]);
});
