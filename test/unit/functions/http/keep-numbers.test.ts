import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import fc from 'fast-check';
import { placeInput, readInput } from '../../../../adapters/task-payloads.ts';
import { InputRow } from '../../../../adapters/task-rows.ts';
import { taskTypes } from '../../../../config/task-types.ts';
import { ServiceError } from '../../../../core/service-error.ts';
import { buildMessages } from '../../../../core/task-types/build-messages.ts';
import type { TaskType } from '../../../../core/task-types/task-type.ts';
import { hashRequest } from '../../../../core/tasks/idempotency.ts';
import { prepareTask } from '../../../../core/tasks/prepare-task.ts';
import { readJsonBody } from '../../../../functions/http/middleware/read-body.ts';
import { identity, numberTexts, type Written, write, writtenValues } from '../../../fakes/json-texts.ts';
import { makeRules } from '../../../fakes/submission-rules.ts';

const rules = makeRules();
const type = taskTypes.get('data_cleaning') as TaskType;
const payloads = {
  put: async () => assert.fail('a small input stays in its row'),
  delete: async () => assert.fail('it stays'),
  get: async () => undefined,
};
const task = { tenant: 'default', taskId: 'task_1', batchId: null, batchIndex: null, now: 1_000_000 };

const read = (body: string) => readJsonBody({ body, isBase64Encoded: false } as APIGatewayProxyEventV2);
const prepare = (body: string) => prepareTask(read(body), task, rules, new Map());

const bodyOf = (data: Written, blank = '', turn = false) =>
  write(
    {
      members: [
        ['type', 'data_cleaning'],
        ['data', { items: [data] }],
        ['config', { members: [['cache_enabled', true]] }],
      ],
    },
    blank,
    turn,
  );

/** By which its answer and its repeat are found. */
async function keysOf(body: string): Promise<string[]> {
  const made = await prepare(body);
  return [made.task.cacheKey ?? assert.fail('it is cached'), hashRequest(read(body))];
}

/** What the model is shown of the data, by way of the stored row. */
async function showData(body: string): Promise<string> {
  const made = await prepare(body);
  const row = InputRow.parse(await placeInput(payloads, made.task, made.input));
  const stored = await readInput(payloads, row);
  const shown = buildMessages(type, stored ?? assert.fail('it is stored'), false).at(-1)?.content ?? '';
  return /^<data-\w+>\n([\s\S]*)\n<\/data-\w+>$/.exec(shown)?.[1] ?? assert.fail(shown);
}

/** V8's own parser tells the source of each number. */
function withSources(text: string): unknown {
  const revive = (_name: string, value: unknown, context: { source?: string }) =>
    typeof value === 'number' ? { digits: context.source } : value;
  return (JSON.parse as (text: string, revive: (...all: never[]) => unknown) => unknown)(text, revive);
}

test('whatever the numbers of a body, the model is shown the same digits', async () => {
  await fc.assert(
    fc.asyncProperty(writtenValues, async (data) => {
      const shown = withSources(await showData(bodyOf(data)));
      assert.deepEqual(shown, withSources(write({ items: [data] })));
    }),
    { numRuns: 300 },
  );
});

test('bodies that differ in a value or a digit have other keys, those that differ in blanks or order have not', async () => {
  const pairs = fc.oneof(
    fc.tuple(writtenValues, writtenValues),
    fc
      .tuple(writtenValues, writtenValues, numberTexts, numberTexts)
      .map(([first, last, one, other]): [Written, Written] => [
        { items: [first, { number: one }, last] },
        { items: [first, { number: other }, last] },
      ]),
  );
  await fc.assert(
    fc.asyncProperty(pairs, async ([one, other]) => {
      const keys = await keysOf(bodyOf(one));
      assert.deepEqual(await keysOf(bodyOf(one, ' \n', true)), keys);
      const isSame = JSON.stringify(identity(one)) === JSON.stringify(identity(other));
      const others = await keysOf(bodyOf(other));
      assert.deepEqual(
        others.map((key, place) => key === keys[place]),
        [isSame, isSame],
      );
    }),
    { numRuns: 300 },
  );
});

test("options are read as the numbers they are, and a schema's numbers are taken as they are written", async () => {
  const config = '{"temperature":1.0,"max_tokens":1e2,"max_retries":2.0,"response_schema":{"minimum":0.0}}';
  const { task: made, input } = await prepare(`{"type":"custom","prompt":"p","config":${config}}`);
  assert.deepEqual([made.config.temperature, made.config.maxTokens, made.config.maxRetries], [1, 100, 2]);
  assert.equal(JSON.stringify(input.responseSchema), '{"minimum":0.0}');
});

test('a fault calls a number a number, however it is written', async () => {
  for (const [body, pointer, detail] of [
    ['{"type":"custom","prompt":1.0}', '/prompt', /expected string, received number/],
    [
      '{"type":"custom","prompt":"p","metadata":{"a":1.0}}',
      '/metadata/a',
      /expected string, received number/,
    ],
    ['{"type":"custom","prompt":"p","config":{"temperature":9.0}}', '/config/temperature', /<=2/],
    ['{"type":"custom","prompt":"p","config":{"max_tokens":1.5}}', '/config/max_tokens', /expected int/],
  ] as const)
    await assert.rejects(prepare(body), ({ faults: [fault] }: ServiceError) => {
      assert.equal(fault?.pointer, pointer);
      assert.match(fault?.detail ?? '', detail);
      return true;
    });
});

test('a name that comes twice is refused by its place, as is what is no JSON', () => {
  for (const [body, pointer, detail] of [
    ['{"type":"custom","data":{"records":[{"id":1,"id":2}]}}', '/data/records/0/id', 'is there twice'],
    ['{"a":1,\n "b":secret}', '', 'is not JSON that is taken: it lacks a value (line 2, column 6)'],
  ] as const)
    assert.throws(
      () => read(body),
      (error) => {
        assert.ok(error instanceof ServiceError);
        assert.deepEqual(error.faults, [{ pointer, detail }]);
        return true;
      },
    );
});
