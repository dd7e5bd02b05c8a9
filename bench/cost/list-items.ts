import { settingDefaults } from '../../config/setting-values.ts';
import type { FunctionRun, ObservedRequest } from '../../local/requests/request-observers.ts';
import type { Item } from './prices.ts';

type Items = [item: Item, quantity: number][];

const kilobyte = 1024;
/** Tasks are kept so long. */
const keptMonths = settingDefaults.LLM_RETENTION / (30 * 86_400_000);
/** Megabytes at which a function has a whole processor: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const wholeProcessorMb = 1769;

/** What AWS would bill for a request. */
export function listItems(request: ObservedRequest): Items {
  const { kind, bytes = 0 } = request;
  if (kind === 'call') return listOfCall(request);
  // Both carry tickets and deliveries, which are small.
  if (kind === 'mapping') return [['SQS requests', 1]];
  if (kind === 'invocation') return request.run ? listOfRun(request.run) : [];
  if (kind === 'log line') return [['CloudWatch logs', bytes]];
  if (kind === 'stream read') return [];
  return request.operation === 'frame'
    ? [['WebSocket messages', parts(bytes, 32)]]
    : [['HTTP API requests', parts(bytes, 512)]];
}

function listOfCall({ service, operation, input, answer, bytes = 0, units }: ObservedRequest): Items {
  if (service === 'dynamodb' && units)
    return [
      ['DynamoDB writes', units.write],
      ['DynamoDB reads', units.read],
      ['DynamoDB storage', units.storedBytes * keptMonths],
    ];
  if (service === 'sqs') return [['SQS requests', parts(Math.max(bytes, jsonBytes(answer)), 64)]];
  if (service === 'events')
    return [['EventBridge events', sum(input.Entries.map((entry: unknown) => parts(jsonBytes(entry), 64)))]];
  if (operation === 'PostToConnection') return [['WebSocket messages', parts(bytes, 32)]];
  if (service === 's3') return listOfS3(operation, bytes);
  // Of Lambda the invocation is billed, of SSM nothing.
  return [];
}

function listOfS3(operation: string, bytes: number): Items {
  if (operation === 'GetObject') return [['S3 reads', 1]];
  if (operation === 'DeleteObject') return [];
  return [
    ['S3 writes', 1],
    ['S3 storage', bytes * keptMonths],
  ];
}

/**
 * Waiting takes as long there as here. Computing is reckoned with a processor of this machine for one of Lambda's, of
 * which the function has the share that its memory buys.
 */
function listOfRun({ durationMs, cpuMs, memoryMb }: FunctionRun): Items {
  const gigabytes = memoryMb / kilobyte;
  const share = Math.min(memoryMb / wholeProcessorMb, 1);
  return [
    ['Lambda invocations', 1],
    ['Lambda waiting', (Math.max(durationMs - cpuMs, 0) / 1_000) * gigabytes],
    ['Lambda computing', (cpuMs / share / 1_000) * gigabytes],
  ];
}

/** Begun ones of so many KB, at least one. */
const parts = (bytes: number, kilobytes: number) => Math.max(1, Math.ceil(bytes / (kilobytes * kilobyte)));

const jsonBytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value ?? {}));

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
