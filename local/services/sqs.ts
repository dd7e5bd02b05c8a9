// Amazon SQS, AWS JSON protocol: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/
// Written here, because fauxqs 2.4.1 with persistence refuses ChangeMessageVisibility 0 (a NOT NULL constraint fails)
// and loses a queue's messages when the queue is created again at the next start.
import type { Value } from '../template/cloud-assembly.ts';
import type { ResolvedResource } from '../template/resolve-template.ts';
import type { JsonService } from './aws-service.ts';
import type { AccessRequest } from './iam.ts';
import { ServiceFault } from './service-fault.ts';
import { SqsMessages } from './sqs-messages.ts';
import { operations } from './sqs-operations.ts';
import { SqsQueue } from './sqs-queue.ts';

/** Visibility timeouts and delays end this late at most. */
const tickMs = 50;

/** A batch needs the permission of its single operation. */
const permissions: Record<string, string> = {
  SendMessageBatch: 'SendMessage',
  DeleteMessageBatch: 'DeleteMessage',
  ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
};

export class Sqs implements JsonService {
  readonly #messages: SqsMessages;
  readonly #queues = new Map<string, SqsQueue>();
  readonly #ticker: NodeJS.Timeout;

  constructor(dataDirectory: string) {
    this.#messages = new SqsMessages(dataDirectory);
    this.#ticker = setInterval(() => {
      for (const queue of this.#queues.values()) queue.releaseDue();
    }, tickMs);
  }

  add({ ref, attributes, properties }: ResolvedResource): void {
    const redrive = properties.RedrivePolicy;
    const settings = {
      name: String(attributes.QueueName),
      arn: String(attributes.Arn),
      url: ref,
      visibilitySeconds: Number(properties.VisibilityTimeout ?? 30),
      retentionSeconds: Number(properties.MessageRetentionPeriod ?? 345_600),
      redrive: redrive && {
        deadLetterArn: redrive.deadLetterTargetArn,
        maxReceiveCount: Number(redrive.maxReceiveCount),
      },
    };
    const deadLetterQueue = () => this.#queues.get(redrive.deadLetterTargetArn.split(':').at(-1));
    this.#queues.set(settings.name, new SqsQueue(settings, this.#messages, deadLetterQueue));
  }

  /**
   * Reads what is on disk. Every consumer died with the last host, so what was in flight is visible at once. A
   * message that was sent with a delay keeps it.
   */
  restore(): void {
    for (const { queue, message, hiddenUntil } of this.#messages.all()) {
      this.#queues.get(queue)?.restore(message, message.receiveCount === 0 ? hiddenUntil : undefined);
    }
  }

  /** By name, URL or ARN. */
  queue(reference: string): SqsQueue {
    const queue = this.#queues.get(reference.split(/[/:]/).at(-1) ?? '');
    if (queue) return queue;
    throw new ServiceFault(400, 'QueueDoesNotExist', 'The specified queue does not exist.');
  }

  /** The permissions that a call needs. */
  access(operation: string, input: Value): AccessRequest[] {
    const resource = this.#queueOf(input).settings.arn;
    return [{ action: `sqs:${permissions[operation] ?? operation}`, resource }];
  }

  /** Answers one call. Throws ServiceFault. */
  async call(operation: string, input: Value): Promise<Value> {
    const answer = operations[operation];
    if (!answer) throw new ServiceFault(400, 'InvalidAction', `SQS ${operation} is not served locally`);
    const answered = await answer(this.#queueOf(input), input);
    await this.#messages.committed;
    return answered;
  }

  async close(): Promise<void> {
    clearInterval(this.#ticker);
    await this.#messages.close();
  }

  #queueOf({ QueueUrl, QueueName }: Value): SqsQueue {
    const reference = QueueUrl ?? QueueName;
    if (!reference) throw new ServiceFault(400, 'MissingParameter', 'QueueUrl is required');
    return this.queue(reference);
  }
}
