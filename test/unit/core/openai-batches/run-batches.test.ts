import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchTaskId } from '../../../../core/batches/batch-tasks.ts';
import { cancelOpenaiBatch } from '../../../../core/openai-batches/change-openai-batch.ts';
import { statusOf } from '../../../../core/openai-batches/openai-batch.ts';
import { runBatches } from '../../../../core/openai-batches/run-batches.ts';
import { ServiceError } from '../../../../core/service-error.ts';
import { chatLine, createBatchWorld } from './batch-world.ts';

const numbered = (count: number) => Array.from({ length: count }, (_, index) => chatLine(`line ${index}`));
// biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects and fails otherwise.
const idsOf = (...files: any[][]) => files.flat().map(({ custom_id }) => custom_id);
const names = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}`);

test('every line is answered once, a wrong one in the file of errors, in the form of OpenAI', async () => {
  const { submit, drive, linesOf } = createBatchWorld();
  const lines = numbered(60);
  lines[7] = chatLine('line 7', { model: 'none' });
  lines[8] = chatLine('line 8', { stream: true });
  lines[9] = '  ';
  const batch = await drive(await submit(lines));
  assert.equal(batch.status, 'completed');
  assert.deepEqual([batch.total, batch.completed, batch.failed], [59, 57, 2]);
  const [output, errors] = [linesOf(batch.outputFileId), linesOf(batch.errorFileId)];
  assert.deepEqual(
    idsOf(output, errors).sort(),
    names(60)
      .filter((name) => name !== 'line 9')
      .sort(),
  );
  const [first] = output;
  assert.equal(first.response.status_code, 200);
  assert.equal(first.response.body.choices[0].message.content, 'answer of 0');
  assert.equal(first.error, null);
  assert.deepEqual(
    errors.map(({ custom_id, response }) => [custom_id, response.status_code, response.body.error.param]),
    [
      ['line 7', 404, 'model'],
      ['line 8', 400, 'stream'],
    ],
  );
});

test('lines become tasks in portions that leave half of the queue to others, and wait with low priority', async () => {
  const { submit, ports, tasks, batches, world } = createBatchWorld({ perSleep: 0, maxQueueSize: 80 });
  const { batchId } = await submit(numbered(100));
  await runBatches([], world.now + 55_000, ports);
  assert.equal(tasks.stored.size, 20);
  assert.equal(statusOf(batches.stored.get(batchId)?.batch as never), 'in_progress');
  const made = [...tasks.stored.values()].map(({ task }) => task);
  assert.ok(
    made.every(({ priority, deadlineAt }) => priority === 'low' && deadlineAt > world.now + 80_000_000),
  );
});

for (const full of ['queue_full', 'budget_exceeded'] as const)
  test(`lines for which the tenant has no room (${full}) wait, and as many as fit go on`, async () => {
    const { submit, drive, ports, tasks, linesOf, replaced } = createBatchWorld();
    const room = { most: 0, waits: 5 };
    const admit = (count: number) => {
      if (count > room.most) throw new ServiceError(full, 'no room', { retryable: full === 'queue_full' });
    };
    ports.gate = {
      async checkWaiting(_tenant, count) {
        if (full === 'queue_full') admit(count);
      },
      async reserve(made) {
        room.waits -= 1;
        if (room.waits <= 0) room.most = 3;
        if (full === 'budget_exceeded') admit(made.length);
        return made.map((each) => ({ ...each, task: { ...each.task, reservedUsd: 1 } }));
      },
    };
    if (full === 'queue_full') room.most = 3;
    const lines = numbered(20);
    lines[4] = chatLine('line 4', { model: 'none' });
    const batch = await drive(await submit(lines));
    assert.deepEqual([batch.status, batch.completed, batch.failed], ['completed', 19, 1]);
    assert.deepEqual(idsOf(linesOf(batch.outputFileId), linesOf(batch.errorFileId)).sort(), names(20).sort());
    assert.deepEqual(replaced, []);
    assert.ok([...tasks.stored.values()].every(({ task }) => task.reservedUsd === 1));
  });

test('an input with faults is refused whole, each by its line', async () => {
  const { submit, drive, tasks } = createBatchWorld();
  const line = (changes: object) => JSON.stringify({ ...JSON.parse(chatLine('a')), ...changes });
  const lines = [
    chatLine('a'),
    'no JSON',
    chatLine('a'),
    line({ custom_id: undefined }),
    line({ custom_id: 'b', url: '/v1/embeddings' }),
    line({ custom_id: 'c', method: 'GET' }),
    line({ custom_id: 'd', body: [] }),
  ];
  const batch = await drive(await submit(lines));
  assert.equal(batch.status, 'failed');
  assert.deepEqual(
    batch.faults.map(({ code, line: number, param }) => [code, number, param]),
    [
      ['invalid_json_line', 2, null],
      ['duplicate_custom_id', 3, 'custom_id'],
      ['missing_required_parameter', 4, 'custom_id'],
      ['invalid_url', 5, 'url'],
      ['invalid_method', 6, 'method'],
      ['invalid_parameter', 7, 'body'],
    ],
  );
  assert.equal(tasks.stored.size, 0);
});

test('a cancelled batch stops what runs, keeps what was answered, and names every line', async () => {
  const { submit, ports, drive, batches, world, linesOf, tasks } = createBatchWorld({ maxQueueSize: 40 });
  const submitted = await submit(numbered(50));
  await runBatches([], world.now + 1_000, ports);
  const asked = await cancelOpenaiBatch(submitted, world.now, {
    batches,
    starter: { start: async () => {} },
  });
  assert.equal(statusOf(asked), 'cancelling');
  world.perSleep = 0;
  const batch = await drive(submitted);
  assert.equal(batch.status, 'cancelled');
  const [output, errors] = [linesOf(batch.outputFileId), linesOf(batch.errorFileId)];
  assert.ok(output.length > 0 && errors.length > 0);
  assert.deepEqual(idsOf(output, errors).sort(), names(50).sort());
  assert.ok(errors.every(({ response, error }) => response === null && error.code === 'batch_cancelled'));
  assert.deepEqual([batch.completed, batch.failed], [output.length, errors.length]);
  assert.ok([...tasks.stored.values()].every(({ task }) => task.status !== 'queued'));
  await assert.rejects(
    cancelOpenaiBatch({ tenant: 'default', batchId: 'batch_none' }, world.now, {
      batches,
      starter: { start: async () => {} },
    }),
    { code: 'not_found' },
  );
});

test('a batch that has ended cannot be cancelled, and nothing is started for it', async () => {
  const { submit, drive, batches, world } = createBatchWorld();
  const batch = await drive(await submit(numbered(3)));
  const started: unknown[] = [];
  const starter = { start: async (key: unknown) => void started.push(key) };
  await assert.rejects(cancelOpenaiBatch(batch, world.now, { batches, starter }), {
    code: 'conflict',
    message: /it is completed/,
  });
  assert.deepEqual(started, []);
});

test('what is kept of a batch beside its files lasts as long as they may, and no longer', async () => {
  const { submit, ports, objects, world } = createBatchWorld({ perSleep: 0 });
  await submit(numbered(3), {
    completion_window: '24h',
    output_expires_after: { anchor: 'created_at', seconds: 7_200 },
  });
  await runBatches([], world.now + 1_000, ports);
  const records = [...objects.keys()].filter((key) => key.includes('/portion-'));
  assert.ok(records.length > 0);
  // A day and two hours.
  assert.ok(
    records.every((key) => key.startsWith('7d/default/')),
    records.join(),
  );
});

test('a batch whose window is over ends as expired, with the lines that were too late named', async () => {
  const { submit, ports, drive, world, linesOf } = createBatchWorld({ maxQueueSize: 40 });
  const submitted = await submit(numbered(50), { completion_window: '10s' });
  await runBatches([], world.now + 1_500, ports);
  world.perSleep = 0;
  const batch = await drive(submitted);
  assert.equal(batch.status, 'expired');
  const [output, errors] = [linesOf(batch.outputFileId), linesOf(batch.errorFileId)];
  assert.ok(output.length > 0);
  assert.deepEqual(idsOf(output, errors).sort(), names(50).sort());
  assert.ok(errors.every(({ error }) => error.code === 'batch_expired'));
});

test('a batch whose input is deleted under way fails, and answers what it had taken', async () => {
  const { submit, ports, drive, world, objects, linesOf } = createBatchWorld({ maxQueueSize: 40 });
  const submitted = await submit(numbered(50).map((line) => line + ' '.repeat(200_000)));
  await runBatches([], world.now + 1_000, ports);
  for (const key of objects.keys()) if (key.includes('file-')) objects.delete(key);
  const batch = await drive(submitted);
  assert.equal(batch.status, 'failed');
  assert.equal(batch.faults[0]?.code, 'input_file_gone');
  assert.equal(batch.completed + batch.failed, 50);
  assert.equal(linesOf(batch.outputFileId).length, batch.completed);
  assert.ok(batch.completed > 0);
});

test('whichever call a run dies before or after, each line is answered once and no task is made twice', async () => {
  const lines = numbered(30);
  lines[4] = chatLine('line 4', { model: 'none' });
  let crashes = 0;
  for (const dies of ['before', 'after'] as const)
    for (let at = 1; ; at += 1) {
      const { submit, ports, drive, linesOf, replaced } = createBatchWorld({ maxQueueSize: 40, perSleep: 4 });
      const submitted = await submit(lines);
      let calls = 0;
      let isDead = false;
      const dying = <T extends object>(port: T): T =>
        new Proxy(port, {
          get(target, name) {
            const method = Reflect.get(target, name);
            if (typeof method !== 'function') return method;
            return (...args: unknown[]) => {
              calls += 1;
              const isNow = calls === at;
              if (isDead || (isNow && dies === 'before')) {
                isDead = true;
                throw new Error('killed');
              }
              const answer = method.apply(target, args);
              if (!isNow) return answer;
              isDead = true;
              return Promise.resolve(answer).then(() => {
                throw new Error('killed');
              });
            };
          },
        });
      const { batches, files, tasks, queues } = ports;
      const mortal = {
        ...ports,
        batches: dying(batches),
        files: dying(files),
        contents: { ...ports.contents, put: dying({ put: ports.contents.put }).put },
        tasks: dying(tasks),
        queues: dying(queues),
      };
      await runBatches([], ports.clock() + 55_000, mortal).catch(() => undefined);
      if (!isDead) break;
      crashes += 1;
      const batch = await drive(submitted);
      const [output, errors] = [linesOf(batch.outputFileId), linesOf(batch.errorFileId)];
      assert.deepEqual(idsOf(output, errors).sort(), names(30).sort(), `${dies} call ${at}`);
      assert.deepEqual([batch.completed, batch.failed], [29, 1], `${dies} call ${at}`);
      assert.deepEqual(replaced, [], `${dies} call ${at}`);
    }
  assert.ok(crashes > 60, `${crashes} crashes`);
});

test('two runs side by side: one has the batch, and the other makes nothing', async () => {
  const { submit, ports, drive, linesOf, replaced, tasks } = createBatchWorld();
  const submitted = await submit(numbered(20));
  await Promise.all([
    runBatches([submitted], ports.clock() + 55_000, ports),
    runBatches([submitted], ports.clock() + 55_000, ports),
  ]);
  const batch = await drive(submitted);
  assert.deepEqual(idsOf(linesOf(batch.outputFileId)).sort(), names(20).sort());
  assert.deepEqual(replaced, []);
  assert.equal(tasks.stored.size, 20);
  assert.ok(tasks.stored.has(batchTaskId(batch.batchId, 0)));
});

test('responses are asked for in batches too, and what goes on beside a caller is refused by name', async () => {
  const { submit, drive, linesOf } = createBatchWorld();
  const line = (custom_id: string, body: object) =>
    JSON.stringify({
      custom_id,
      method: 'POST',
      url: '/v1/responses',
      body: { model: 'simulated', ...body },
    });
  const lines = [
    line('one', { input: 'Say one', instructions: 'Be brief' }),
    line('two', { input: 'Say two', background: true }),
  ];
  const batch = await drive(await submit(lines, { endpoint: '/v1/responses' }));
  const [answer] = linesOf(batch.outputFileId);
  const { object, status, instructions, output } = answer.response.body;
  assert.deepEqual([object, status, instructions], ['response', 'completed', 'Be brief']);
  assert.equal(output[0].content[0].text, 'answer of 0');
  const [refused] = linesOf(batch.errorFileId);
  assert.deepEqual([refused.custom_id, refused.response.body.error.param], ['two', 'background']);
});
