// Event source mapping of a standard queue: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html,
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
import type { Log } from '../log.ts';
import type { RequestObservers } from '../requests/request-observers.ts';
import { md5, systemAttributes } from '../services/sqs-operations.ts';
import type { ReceivedMessage, SqsQueue } from '../services/sqs-queue.ts';
import type { Value } from '../template/cloud-assembly.ts';
import { readItemFailures } from './item-failures.ts';
import type { LambdaHost } from './lambda-host.ts';
import { TooManyRequestsError } from './too-many-requests-error.ts';

export interface SqsMapping {
  readonly functionName: string;
  /** At most ten, which is what one receive takes. */
  readonly batchSize: number;
  readonly maximumConcurrency: number;
  readonly reportsItemFailures: boolean;
  readonly region: string;
  readonly observers: RequestObservers;
}

/** Pollers beyond MaximumConcurrency in the over-polling mode. */
const extraPollers = 5;

export class SqsPoller {
  readonly #queue: SqsQueue;
  readonly #mapping: SqsMapping;
  readonly #lambda: LambdaHost;
  readonly #log: Log;
  readonly #overPolls: boolean;
  readonly #stopListening: () => void;
  #busy = 0;
  #scheduled = false;
  #stopped = false;
  /** Epoch milliseconds. */
  #throttledUntil = 0;

  /** @param overPolls receives more than the function can run, and so wastes receives, as AWS may */
  constructor(queue: SqsQueue, mapping: SqsMapping, lambda: LambdaHost, log: Log, overPolls: boolean) {
    this.#queue = queue;
    this.#mapping = mapping;
    this.#lambda = lambda;
    this.#log = log;
    this.#overPolls = overPolls;
    this.#stopListening = queue.onVisible(() => this.#schedule());
    // A slot may be freed by somebody else's invocation.
    lambda.onFree(mapping.functionName, () => this.#schedule());
    this.#schedule();
  }

  stop(): void {
    this.#stopped = true;
    this.#stopListening();
  }

  /** Polls after the current turn of the event loop, once however many messages came in it. */
  #schedule(): void {
    if (this.#scheduled || this.#stopped) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (!this.#stopped) this.#poll();
    });
  }

  #poll(): void {
    while (this.#freeSlots() > 0 && this.#queue.hasVisible) {
      const batch = this.#queue.receive(this.#mapping.batchSize);
      if (batch.length === 0) continue;
      this.#tell('ReceiveMessage');
      this.#start(batch);
    }
  }

  #freeSlots(): number {
    if (this.#overPolls) return this.#mapping.maximumConcurrency + extraPollers - this.#busy;
    if (Date.now() < this.#throttledUntil) return 0;
    const own = this.#mapping.maximumConcurrency - this.#busy;
    return Math.min(own, this.#lambda.freeSlots(this.#mapping.functionName));
  }

  #start(batch: ReceivedMessage[]): void {
    this.#busy += 1;
    void this.#run(batch)
      .catch((error) => this.#log.warn(`Mapping of ${this.#queue.settings.name}: ${error}`))
      .finally(() => {
        this.#busy -= 1;
        this.#schedule();
      });
  }

  async #run(batch: ReceivedMessage[]): Promise<void> {
    const { name, arn } = this.#queue.settings;
    const event = JSON.stringify({
      Records: batch.map((message) => recordOf(message, arn, this.#mapping.region)),
    });
    const result = await this.#invokeWhileInFlight(event, batch);
    if (this.#stopped || result === undefined) return;
    if (result.functionError) {
      this.#log.debug(
        `${this.#mapping.functionName} failed on ${batch.length} of ${name}: ${result.payload}`,
      );
      return;
    }
    const failed = this.#failures(result.payload, batch);
    const done = batch.filter((message) => !failed.has(message.id));
    for (const message of done) this.#queue.delete(message.receiptHandle);
    if (done.length > 0) this.#tell('DeleteMessageBatch');
  }

  #tell(operation: string): void {
    const { observers, functionName } = this.#mapping;
    if (observers.active)
      observers.tell({ kind: 'mapping', service: 'sqs', operation, caller: functionName });
  }

  /** A throttled batch is tried again until its visibility timeout ends; then it comes back by itself. */
  async #invokeWhileInFlight(event: string, batch: ReceivedMessage[]) {
    let delay = 25;
    while (!this.#stopped && batch.some((message) => this.#queue.isInFlight(message.receiptHandle))) {
      try {
        return await this.#lambda.invoke(this.#mapping.functionName, event);
      } catch (error) {
        if (!(error instanceof TooManyRequestsError)) throw error;
        if (this.#overPolls) return undefined;
        this.#throttledUntil = Date.now() + delay;
        await new Promise((resolve) => setTimeout(resolve, delay));
        delay = Math.min(delay * 2, 1000);
      }
    }
    return undefined;
  }

  /** An answer that is not a list of failures, or names a message that is not in the batch, fails the batch. */
  #failures(payload: string, batch: ReceivedMessage[]): Set<string> {
    const ids = new Set(batch.map((message) => message.id));
    const reported = this.#mapping.reportsItemFailures ? readItemFailures(payload) : [];
    if (reported?.every((id) => ids.has(id))) return new Set(reported);
    this.#log.warn(
      `${this.#mapping.functionName} answered no list of failures, or named a message it did not get`,
    );
    return ids;
  }
}

function recordOf(message: ReceivedMessage, arn: string, region: string): Value {
  return {
    messageId: message.id,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: systemAttributes(message),
    messageAttributes: {},
    md5OfBody: md5(message.body),
    eventSource: 'aws:sqs',
    eventSourceARN: arn,
    awsRegion: region,
  };
}
