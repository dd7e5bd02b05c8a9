import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bill } from '../../../../bench/cost/bill.ts';
import { listItems } from '../../../../bench/cost/list-items.ts';
import { describeDifference } from '../../../../bench/cost/pinned-requests.ts';
import type { ObservedRequest } from '../../../../local/requests/request-observers.ts';

const call = (service: string, operation: string, more: Partial<ObservedRequest> = {}): ObservedRequest => ({
  kind: 'call',
  service,
  operation,
  caller: 'one',
  ...more,
});
const billed = (request: ObservedRequest) => Object.fromEntries(listItems(request));

test('a call of DynamoDB is billed by its units, and what it adds for as long as it is kept', () => {
  const units = { read: 0.5, write: 3, storedBytes: 3_000 };
  assert.deepEqual(billed(call('dynamodb', 'PutItem', { units })), {
    'DynamoDB writes': 3,
    'DynamoDB reads': 0.5,
    'DynamoDB storage': (3_000 * 7) / 30,
  });
});

test('requests of SQS, events, frames and requests of callers are billed by begun parts', () => {
  const Messages = [{ Body: 'x'.repeat(70 * 1_024) }];
  assert.deepEqual(billed(call('sqs', 'SendMessage', { bytes: 200 })), { 'SQS requests': 1 });
  assert.deepEqual(billed(call('sqs', 'ReceiveMessage', { bytes: 90, answer: { Messages } })), {
    'SQS requests': 2,
  });
  assert.deepEqual(billed({ ...call('sqs', 'ReceiveMessage'), kind: 'mapping' }), { 'SQS requests': 1 });
  const input = { Entries: [{ Detail: 'a' }, { Detail: 'x'.repeat(65 * 1_024) }] };
  assert.deepEqual(billed(call('events', 'PutEvents', { input })), { 'EventBridge events': 3 });
  const frame = call('execute-api', 'PostToConnection', { bytes: 33 * 1_024 });
  assert.deepEqual(billed(frame), { 'WebSocket messages': 2 });
  assert.deepEqual(billed({ ...call('execute-api', 'frame'), kind: 'gateway' }), { 'WebSocket messages': 1 });
  assert.deepEqual(billed({ ...call('execute-api', 'request', { bytes: 600 * 1_024 }), kind: 'gateway' }), {
    'HTTP API requests': 2,
  });
});

test('a function is billed for what it waits, and for its computing at the share that its memory buys', () => {
  const run = { durationMs: 2_100, cpuMs: 100, memoryMb: 512 };
  assert.deepEqual(billed({ ...call('lambda', 'invocation', { run }), kind: 'invocation' }), {
    'Lambda invocations': 1,
    'Lambda waiting': 1,
    'Lambda computing': (100 / (512 / 1_769) / 1_000) * 0.5,
  });
  const whole = { durationMs: 100, cpuMs: 100, memoryMb: 2_048 };
  const { 'Lambda computing': computing } = billed({
    ...call('lambda', 'invocation', { run: whole }),
    kind: 'invocation',
  });
  assert.equal(computing, 0.2);
});

test('objects, logs and what costs nothing', () => {
  assert.deepEqual(billed(call('s3', 'GetObject')), { 'S3 reads': 1 });
  assert.deepEqual(billed(call('s3', 'PutObject', { bytes: 3_000 })), {
    'S3 writes': 1,
    'S3 storage': (3_000 * 7) / 30,
  });
  assert.deepEqual(billed({ ...call('logs', 'line', { bytes: 80 }), kind: 'log line' }), {
    'CloudWatch logs': 80,
  });
  for (const free of [
    call('s3', 'DeleteObject'),
    call('ssm', 'GetParameter'),
    call('lambda', 'Invoke'),
    { ...call('dynamodb', 'GetRecords'), kind: 'stream read' as const },
  ])
    assert.deepEqual(listItems(free), [], free.operation);
});

test('a bill lists the dearest first, and takes parts of another', () => {
  const bill = new Bill();
  bill.add('SQS requests', 2);
  bill.add('DynamoDB writes', 4);
  bill.add('DynamoDB writes', 4);
  assert.deepEqual(
    bill.list().map(({ item, quantity }) => [item, quantity]),
    [
      ['DynamoDB writes', 8],
      ['SQS requests', 2],
    ],
  );
  const half = new Bill();
  half.addBill(bill, 0.5);
  assert.equal(half.quantity('DynamoDB writes'), 4);
  assert.ok(Math.abs(half.usd - bill.usd / 2) < 1e-15);
});

test('a difference names each operation that is more, fewer or new', () => {
  const pin = {
    requests: { 'submit-task PutItem': 2, 'submit-task SendMessage': 1 },
    readers: { 'publish-task-event': 2, 'count-task-changes': 6 },
  };
  const counted = {
    requests: { 'submit-task PutItem': 2, 'submit-task GetItem': 1 },
    readers: { 'publish-task-event': 2.5, 'count-task-changes': 6 },
  };
  assert.equal(
    describeDifference(pin, counted),
    [
      '3 → 3 requests',
      'submit-task GetItem: 0 → 1',
      'submit-task SendMessage: 1 → 0',
      'an invocation of publish-task-event: 2 → 2.5',
    ].join('\n  '),
  );
});
