import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceError } from '../core/service-error.ts';

/*
 * Who repeats what, so that no layer repeats what another one repeats already:
 *
 * 1. A request that fails as a whole (no answer, a throttle, a 5xx) is repeated by the SDK's client and by
 *    nobody else here. Its delays are random and grow:
 *    https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 * 2. A batch call (BatchWriteItem, BatchGetItem, SendMessageBatch, PutEvents) can succeed and yet name
 *    entries that were not taken. The SDK leaves those to its caller: `sendUntilTaken` sends them again,
 *    alone.
 * 3. What failed or is not taken after that goes back to whoever asked. An HTTP caller gets a retryable
 *    error, a message comes again by its queue, a change by its stream.
 *
 * Calls of LLM providers are repeated by another rule: core/attempts/decide-after-failure.ts.
 */

/** `maxAttempts` of the SDK's clients: how often a request is sent, the first time included. */
export const sdkAttempts = {
  /** As the SDK has it for DynamoDB, where the first delay is 25 ms. Workers and callers wait for each. */
  dynamo: 4,
  /** For a batch, which is taken whole or not at all: some 6 s, in which throttled tables grow. */
  dynamoBatch: 9,
  /** As the SDK has it. A message that is not sent comes again with its request or its change. */
  sqs: 3,
  /** As the SDK has it. An event that is not put waits in the queue of shares. */
  eventBridge: 3,
  s3: 3,
  /** Once: a worker that has no execution free is not waited for. The task is queued then. */
  direct: 1,
  /** It takes 40 requests a second of an account, and a hundred cold starts come at once: some six seconds. */
  ssm: 8,
  /** Once: whoever sends knows whether a frame is worth another try (core/web-socket/send-patiently.ts). */
  webSocket: 1,
} as const;

interface BatchPolicy {
  /** How often an entry is sent, the first time included. */
  tries: number;
  /** Milliseconds before the second time; each further delay is twice the one before. */
  firstDelayMs: number;
}

/** For entries that a batch call did not take. */
export const batchPolicies = {
  /** 6 s of waiting in all: what a partition takes is counted by the second, and a batch of 1,000 tasks takes some. */
  dynamo: { tries: 8, firstDelayMs: 50 },
  /** A sound entry is refused by SQS's own faults alone, and those pass quickly. */
  sqs: { tries: 3, firstDelayMs: 50 },
  /** Entries above the account's rate are refused, and that is counted by the second. */
  eventBridge: { tries: 3, firstDelayMs: 200 },
} as const satisfies Record<string, BatchPolicy>;

interface BatchOutcome<Entry> {
  /** Entries that were not taken; empty: all were. */
  left: Entry[];
  /** What a call failed with as a whole; it was not repeated here. */
  failure?: unknown;
}

/**
 * Sends the entries of a batch call, and again those that were not taken, with growing delays. Never throws.
 *
 * @param send one call; answers the entries that it did not take
 */
export async function sendUntilTaken<Entry>(
  entries: Entry[],
  { tries, firstDelayMs }: BatchPolicy,
  send: (entries: Entry[]) => Promise<Entry[]>,
): Promise<BatchOutcome<Entry>> {
  let left = entries;
  for (let tried = 0; tried < tries && left.length > 0; tried += 1) {
    if (tried > 0) await sleep(firstDelayMs * 2 ** (tried - 1));
    try {
      left = await send(left);
    } catch (failure) {
      return { left, failure };
    }
  }
  return { left };
}

/** The same where all must be taken. Throws what a call failed with, or a retryable ServiceError. */
export async function sendAll<Entry>(...batch: Parameters<typeof sendUntilTaken<Entry>>): Promise<void> {
  const { left, failure } = await sendUntilTaken(...batch);
  if (failure !== undefined) throw failure;
  if (left.length > 0)
    throw new ServiceError('internal', `${left.length} entries of a batch call were refused in every try`, {
      retryable: true,
    });
}
