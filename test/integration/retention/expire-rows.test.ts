import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createDynamoBatchAnswers } from '../../../adapters/dynamo-batch-answers.ts';
import { createDynamoBatchProgress } from '../../../adapters/dynamo-batch-progress.ts';
import { createDynamoBatchStore } from '../../../adapters/dynamo-batch-store.ts';
import { createDynamoBudgets } from '../../../adapters/dynamo-budgets.ts';
import { createDynamoConnectionPasses } from '../../../adapters/dynamo-connection-passes.ts';
import { createDynamoDeliveries } from '../../../adapters/dynamo-deliveries.ts';
import { createDynamoDeltaLog } from '../../../adapters/dynamo-delta-log.ts';
import { createDynamoEventLag } from '../../../adapters/dynamo-event-lag.ts';
import { createDynamoFileStore } from '../../../adapters/dynamo-file-store.ts';
import { createDynamoIdempotencyKeys } from '../../../adapters/dynamo-idempotency-keys.ts';
import { createDynamoLanes } from '../../../adapters/dynamo-lanes.ts';
import { createDynamoLateChanges } from '../../../adapters/dynamo-late-changes.ts';
import { createDynamoOpenaiBatchStore } from '../../../adapters/dynamo-openai-batch-store.ts';
import { createDynamoRepeats } from '../../../adapters/dynamo-repeats.ts';
import { createDynamoReplayRate } from '../../../adapters/dynamo-replay-rate.ts';
import { createDynamoResultCache } from '../../../adapters/dynamo-result-cache.ts';
import { createDynamoSubscriptions } from '../../../adapters/dynamo-subscriptions.ts';
import type { DynamoTable } from '../../../adapters/dynamo-table.ts';
import { createDynamoTaskStore } from '../../../adapters/dynamo-task-store.ts';
import { createDynamoTokenRegistry } from '../../../adapters/dynamo-tokens.ts';
import { createDynamoUploadStore } from '../../../adapters/dynamo-upload-store.ts';
import { createDynamoWaitingTasks } from '../../../adapters/dynamo-waiting-tasks.ts';
import { batchTaskId } from '../../../core/batches/batch-tasks.ts';
import type { BatchCount } from '../../../core/events/share.ts';
import type { WaitingTask } from '../../../core/scheduling/waiting-tasks.ts';
import type { Task, TaskResult } from '../../../core/tasks/task.ts';
import type { Upload } from '../../../core/uploads/upload.ts';
import { stateRows } from '../../../lib/state-rows.ts';
import { makeOpenaiBatch } from '../../make-openai-batch.ts';
import { makeTask } from '../../make-task.ts';
import { startTable } from '../events/start-table.ts';
import { addCounts } from '../providers/add-counts.ts';

// When each kind of row may be deleted by DynamoDB: not while it is needed, and not never.

const now = Date.UTC(2026, 0, 1);
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

interface Expiry {
  /** The adapter that writes it. */
  file: string;
  /** Writes rows; `retentionMs` is what is configured. */
  write(table: DynamoTable, retentionMs: number): Promise<unknown>;
  /** Which of its rows: what their key, `<pk>/<sk>`, begins and ends with. */
  rows: [begins: string, ends: string];
  /** Epoch ms; with the retention's effect, where it has one. */
  expires(retentionMs: number): number;
}

const key = { tenant: 'default', taskId: 'task_1' };
const task: Task = makeTask({ ...key, createdAt: now, deadlineAt: now + hour });
const result: TaskResult = {
  content: 'done',
  finishReason: 'stop',
  cached: false,
  usage: { promptTokens: 1, completionTokens: 1 },
  costUsd: 0,
  latencyMs: 1,
};
const batch = {
  ...{ tenant: 'default', batchId: 'batch_1', createdAt: now, total: 2, places: [0, 1] },
  ...{ deadlineAt: now + 3 * day, callbackUrl: null, seed: 'seed' },
};
const countOf = (...places: number[]): BatchCount => ({
  ...{ tenant: 'default', batchId: 'batch_1', changedAt: now },
  tasks: places.map((place) => ({ taskId: batchTaskId('seed', place), place, status: 'completed' })),
});
const { taskId, type, createdAt, deadlineAt, revision } = task;
const waiting: WaitingTask = {
  provider: 'kimi',
  received: {
    priority: 'normal',
    handle: 'h',
    receiveCount: 1,
    message: {
      ...{ tenant: 'default', taskId, type, createdAt, deadlineAt, revision },
      ...{ estimatedTokens: 1, cacheKey: null },
    },
  },
};
const delivery = {
  ...{ tenant: 'default', subjectId: taskId, eventId: 'evt_1_1', eventType: 'completed', url: 'u' },
  ...{ attempts: 1, lastAttemptAt: now, lastStatus: 500, lastError: 'x' },
};
const charge = { tenant: 'acme', taskId: 'task_1', createdAt: now, deadlineAt: now + hour, usd: 1 };
const upload: Upload = {
  ...{ tenant: 'default', uploadId: 'upload_1', status: 'pending', filename: 'f', purpose: 'batch' },
  ...{ bytes: 1, createdAt: now, expiresAt: now + hour, fileLifeMs: day, fileId: null },
};
const subscription = { kind: 'task', id: taskId } as const;
const piece = { attempt: 1, sequence: 0, position: 0, deltas: [] };
const payloads = { put: async () => {}, get: async () => undefined, delete: async () => {} };
const tasksOf = (table: DynamoTable, retentionMs: number) =>
  createDynamoTaskStore({ table, payloads, retentionMs, clock: () => now });

/** As long as it is needed and then for the retention, and for as long as an Idempotency-Key counts. */
const kept = (neededUntil: number) => (retentionMs: number) => neededUntil + Math.max(retentionMs, day);

const kinds: Record<string, Expiry> = {
  'an open task': {
    file: 'dynamo-task-store',
    write: (table, retentionMs) => tasksOf(table, retentionMs).create([{ task, input: { prompt: 'p' } }]),
    rows: ['default#task_1', '/META'],
    expires: kept(now + hour),
  },
  'its input': {
    file: 'dynamo-task-store',
    write: (table, retentionMs) => tasksOf(table, retentionMs).create([{ task, input: { prompt: 'p' } }]),
    rows: ['default#task_1', '/INPUT'],
    expires: kept(now + hour),
  },
  'a task with an Idempotency-Key': {
    file: 'dynamo-task-store',
    write: (table, retentionMs) =>
      tasksOf(table, retentionMs).createOnce({ task, input: { prompt: 'p' } }, 'hash'),
    rows: ['default#task_1', ''],
    expires: kept(now + hour),
  },
  'a task that ended': {
    file: 'dynamo-task-updates',
    async write(table, retentionMs) {
      const store = tasksOf(table, retentionMs);
      await store.create([{ task, input: { prompt: 'p' } }]);
      await store.completeUnheld(key, result, null, now + minute);
    },
    rows: ['default#task_1', '/META'],
    expires: kept(now + minute),
  },
  'a batch, at least until the deadline of its last task': {
    file: 'dynamo-batch-store',
    write: (table, retentionMs) => createDynamoBatchStore({ table, retentionMs }).create(batch),
    rows: ['default#batch_1', '/BATCH'],
    expires: kept(now + 3 * day),
  },
  'a batch that is completed': {
    file: 'dynamo-batch-progress',
    async write(table, retentionMs) {
      await createDynamoBatchStore({ table, retentionMs }).create(batch);
      await createDynamoBatchProgress({ table, retentionMs }).add(countOf(0, 1), now + minute);
    },
    rows: ['default#batch_1', '/BATCH'],
    expires: kept(now + minute),
  },
  'marks of a batch, as long as it may be open': {
    file: 'dynamo-batch-progress',
    async write(table, retentionMs) {
      await createDynamoBatchStore({ table, retentionMs }).create(batch);
      await createDynamoBatchProgress({ table, retentionMs }).add(countOf(0), now + minute);
    },
    rows: ['default#batch_1', '/MARKS#0'],
    expires: kept(now + 3 * day),
  },
  'what was refused of a batch': {
    file: 'dynamo-batch-answers',
    write: (table) =>
      createDynamoBatchAnswers({ table, payloads }).keepRejected(batch, [
        { index: 1, code: 'invalid_request', detail: 'no', faults: [] },
      ]),
    rows: ['default#batch_1', '/REJECTED#seed'],
    expires: () => now + day,
  },
  'an Idempotency-Key': {
    file: 'dynamo-idempotency-keys',
    write: (table) =>
      createDynamoIdempotencyKeys({ table }).take('task', 'default', 'k', {
        ...{ requestHash: 'hash', uuid: 'uuid', madeAt: now },
      }),
    rows: ['KEY#', ''],
    expires: () => now + day,
  },
  'a request that may be repeated without a key': {
    file: 'dynamo-repeats',
    write: (table) => createDynamoRepeats({ table }).note('default', 'hash', taskId, now + hour),
    rows: ['REPEAT#', ''],
    expires: () => now + hour,
  },
  'a delivery that ended': {
    file: 'dynamo-deliveries',
    write: (table, retentionMs) =>
      createDynamoDeliveries({ table, retentionMs }).record({
        ...{ ...delivery, status: 'delivered', nextAttemptAt: null },
      }),
    rows: ['DELIVERY#', ''],
    expires: (retentionMs) => now + retentionMs,
  },
  'a delivery, at least until its next try': {
    file: 'dynamo-deliveries',
    write: (table, retentionMs) =>
      createDynamoDeliveries({ table, retentionMs }).record({
        ...{ ...delivery, status: 'pending', nextAttemptAt: now + 12 * hour },
      }),
    rows: ['DELIVERY#', ''],
    expires: (retentionMs) => now + 12 * hour + retentionMs,
  },
  'a piece of an answer': {
    file: 'dynamo-delta-log',
    write: (table, retentionMs) =>
      createDynamoDeltaLog({ table, retentionMs, now: () => now }).append(key, piece),
    rows: ['DELTA#', ''],
    expires: () => now + hour,
  },
  'a piece of an answer that may be read as long as its result': {
    file: 'dynamo-delta-log',
    write: (table, retentionMs) =>
      createDynamoDeltaLog({ table, retentionMs, now: () => now }).append(key, piece, now + 2 * hour),
    rows: ['DELTA#', ''],
    expires: (retentionMs) => now + 2 * hour + Math.max(retentionMs, 24 * hour),
  },
  'a task that ended late, as long as its result': {
    file: 'dynamo-late-changes',
    write: (table, retentionMs) =>
      createDynamoLateChanges({ table, retentionMs }).note('default', [{ taskId, changedAt: now }]),
    rows: ['LATE#', ''],
    expires: (retentionMs) => now + retentionMs,
  },
  'a waiting task': {
    file: 'dynamo-waiting-tasks',
    write: (table) => createDynamoWaitingTasks({ table }).add('translation', waiting),
    rows: ['WAIT#', ''],
    expires: () => now + hour,
  },
  'a cached result': {
    file: 'dynamo-result-cache',
    write: (table) => createDynamoResultCache({ table }).store('key', result, now + hour),
    rows: ['CACHE#', '/RESULT'],
    expires: () => now + hour,
  },
  'a flight, an hour after its time': {
    file: 'dynamo-result-cache',
    write: (table) => createDynamoResultCache({ table }).join('key', taskId, now, now + minute),
    rows: ['CACHE#', '/RESULT'],
    expires: () => now + minute + hour,
  },
  'who follows a flight': {
    file: 'dynamo-result-cache',
    async write(table) {
      const cache = createDynamoResultCache({ table });
      await cache.join('key', 'task_0', now, now + minute);
      await cache.follow('key', waiting, now);
    },
    rows: ['CACHE#key#FOLLOWERS', ''],
    expires: () => now + hour,
  },
  'a connection, a little longer than the gateway keeps it': {
    file: 'dynamo-subscriptions',
    write: (table) => createDynamoSubscriptions({ table }).add('c', 'default', now),
    rows: ['LISTEN#default/', ''],
    expires: () => now + 130 * minute,
  },
  'by what a connection was let in': {
    file: 'dynamo-subscriptions',
    write: (table) => createDynamoSubscriptions({ table }).add('c', 'acme', now, 'auth-token@2'),
    rows: ['OPENED#auth-token/', ''],
    expires: () => now + 130 * minute,
  },
  'a token that ended, a month later': {
    file: 'dynamo-tokens',
    async write(table) {
      const tokens = createDynamoTokenRegistry({ table });
      const key = { tenant: 'acme', id: '0123456789ab' };
      const terms = { hash: '', scopes: [], name: null, createdAt: now, endsAt: null };
      await tokens.add({ ...key, ...terms });
      await tokens.end(key, now + hour);
      await tokens.end(key, now + 2 * hour);
    },
    rows: ['TOKENS/acme#', ''],
    expires: () => now + hour + 30 * day,
  },
  'what a connection subscribed to': {
    file: 'dynamo-subscriptions',
    write: (table) =>
      createDynamoSubscriptions({ table }).subscribe('c', 'default', [subscription], now, false),
    rows: ['LISTEN#default', ''],
    expires: () => now + 130 * minute,
  },
  'a subscribe message': {
    file: 'dynamo-subscriptions',
    write: (table) =>
      createDynamoSubscriptions({ table }).subscribe('c', 'default', [subscription], now, true),
    rows: ['CONNECTION#c/FOLLOW', ''],
    expires: () => now + 130 * minute,
  },
  'replays of a connection, for two minutes of the clock': {
    file: 'dynamo-replay-rate',
    write: (table) => createDynamoReplayRate({ table }).take('c', now),
    rows: ['CONNECTION#c#REPLAYS', ''],
    expires: () => now + 2 * minute,
  },
  'what a tenant spent in a month, for over a year': {
    file: 'dynamo-budgets',
    write: (table) => createDynamoBudgets({ table }).reserve([charge], {}),
    rows: ['BUDGET#acme/', '01'],
    expires: () => now + 400 * day,
  },
  'what is reserved for an open task, a month longer than it may take': {
    file: 'dynamo-budgets',
    write: (table) => createDynamoBudgets({ table }).reserve([charge], {}),
    rows: ['BUDGET#acme/', 'task_1'],
    expires: () => now + hour + 30 * day,
  },
  'a task that waits beside the queues of another tenant': {
    file: 'dynamo-lanes',
    write: (table) =>
      createDynamoLanes({ table, clock: () => now }).add([
        { provider: 'kimi', priority: 'normal', message: waiting.received.message },
      ]),
    rows: ['LANE#kimi/', `#${taskId}#${revision}`],
    expires: () => now + 2 * hour,
  },
  'a file': {
    file: 'dynamo-file-store',
    write: (table) =>
      createDynamoFileStore({ table }).create({
        ...{ tenant: 'default', fileId: 'file-1', filename: 'f', purpose: 'batch', bytes: 1, parts: [] },
        ...{ createdAt: now, expiresAt: now + 3 * day },
      }),
    rows: ['FILE#default/file-1', ''],
    expires: () => now + 3 * day,
  },
  'an upload, a day after its hour': {
    file: 'dynamo-upload-store',
    write: (table) => createDynamoUploadStore({ table }).create(upload),
    rows: ['UPLOAD#default#upload_1/UPLOAD', ''],
    expires: () => now + hour + day,
  },
  'a part of it': {
    file: 'dynamo-upload-store',
    write: (table) =>
      createDynamoUploadStore({ table }).addPart(upload, { partId: 'part_1', objectKey: 'o', bytes: 1 }),
    rows: ['UPLOAD#default#upload_1/PART#', ''],
    expires: () => now + hour + day,
  },
  'a batch of OpenAI’s': {
    file: 'dynamo-openai-batch-store',
    write: (table, retentionMs) =>
      createDynamoOpenaiBatchStore({ table, retentionMs }).create(
        makeOpenaiBatch({ createdAt: now, deadlineAt: now + 2 * day }),
      ),
    rows: ['default#batch_', ''],
    expires: kept(now + 2 * day),
  },
  'a connection pass': {
    file: 'dynamo-connection-passes',
    write: (table) =>
      createDynamoConnectionPasses({ table }).issue('pass', { tenant: 'default' }, now + minute),
    rows: ['TICKET#', ''],
    expires: () => now + minute,
  },
  'a time in which events were late, longer than tasks that may be asked for': {
    file: 'dynamo-event-lag',
    write: (table, retentionMs) => createDynamoEventLag({ table, retentionMs }).note(now - 60_000, now),
    rows: ['EVENTS/LATENESS', ''],
    expires: (retentionMs) => now + 2 * retentionMs,
  },
  'recent calls of a provider': {
    file: 'dynamo-counters',
    write: (table) =>
      addCounts(
        table,
        {
          providers: [
            {
              ...{ provider: 'kimi', queued: { high: 0, normal: 0, low: 0 }, processing: 0 },
              ...{ calls: { requests: 1, errors: 0, latencies: new Map() }, errorsByCode: {} },
              ...{ latencyMs: 1, retries: 0, failovers: 0, costUsd: 0 },
              tokens: { prompt: 1, completion: 1 },
            },
          ],
        },
        now,
      ),
    rows: ['PROVIDER#kimi/RECENT', ''],
    expires: () => now + hour,
  },
};

/** Kinds of rows that last: one for each provider, tenant or deployment. */
const lasting = ['tenantStatistics', 'metrics', 'rates', 'slots'];
/** The same of a part of a kind: the limits of tenants. */
const lastingPrefixes = ['TENANTS'];

for (const [kind, { write, rows, expires }] of Object.entries(kinds))
  for (const retentionMs of [minute, 7 * day])
    test(`${kind} expires in time, with a retention of ${retentionMs / minute} min`, async (t) => {
      const written = await recordRows(t, (table) => write(table, retentionMs));
      const [begins, ends] = rows;
      const found = [...written].filter(([name]) => name.startsWith(begins) && name.endsWith(ends));
      assert.ok(found.length > 0, `none among ${[...written.keys()].join(', ')}`);
      for (const [name, ttl] of found) assert.equal(ttl, Math.ceil(expires(retentionMs) / 1000), name);
    });

test('every adapter that writes a `ttl` is in this table', () => {
  const folder = join(import.meta.dirname, '../../../adapters');
  const writers = readdirSync(folder).filter((name) => {
    const source = readFileSync(join(folder, name), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    return /\bttl\b(?!: z\.)/.test(source);
  });
  const known = new Set(Object.values(kinds).map(({ file }) => `${file}.ts`));
  assert.deepEqual(
    writers.filter((name) => !known.has(name)),
    [],
  );
});

test('every kind of row of the state table is in this table, or lasts', () => {
  const covered = Object.values(kinds).map(({ rows: [begins] }) => begins);
  for (const [name, prefixes] of Object.entries(stateRows))
    if (!lasting.includes(name))
      for (const prefix of prefixes)
        assert.ok(
          lastingPrefixes.includes(prefix) ||
            covered.some((begins) => begins.startsWith(prefix.replace('*', ''))),
          `${name}: ${prefix}`,
        );
});

/** `<pk>/<sk>` → `ttl` of what was written and is still there. */
async function recordRows(
  t: TestContext,
  write: (table: DynamoTable) => Promise<unknown>,
): Promise<Map<string, unknown>> {
  const table = await startTable(t);
  const keys = new Map<string, { pk: string; sk: string }>();
  const note = ({ pk, sk }: { pk: string; sk: string }) => keys.set(`${pk}/${sk}`, { pk, sk });
  await write({
    ...table,
    put: (item, ...rest) => {
      note(item);
      return table.put(item, ...rest);
    },
    putMany: (items) => {
      for (const item of items) note(item);
      return table.putMany(items);
    },
    // The tables of these tests know no transactions: what one writes is written one after the other.
    async transact(writes) {
      for (const write of writes) {
        if ('delete' in write) continue;
        const { pk, sk } = 'put' in write ? write.put : write.update.key;
        note({ pk, sk });
        if ('put' in write) await table.put(write.put);
        else await table.update(write.update);
      }
      return { applied: true };
    },
    update: (update) => {
      note(update.key);
      return table.update(update);
    },
  });
  const rows = await Promise.all(
    [...keys].map(async ([name, each]) => [name, await table.get(each, { consistent: true })] as const),
  );
  return new Map(rows.flatMap(([name, row]) => (row ? [[name, row.ttl]] : [])));
}
