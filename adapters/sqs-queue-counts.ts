import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { QueueCounts } from '../core/scheduling/task-queues.ts';

/** SQS's approximate counts of a queue; they settle about a minute after the last change. */
export async function countMessages(client: SQSClient, queueUrl: string): Promise<QueueCounts> {
  const answer = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    }),
  );
  const number = (name: keyof NonNullable<typeof answer.Attributes>) =>
    Number(answer.Attributes?.[name] ?? 0);
  return {
    visible: number('ApproximateNumberOfMessages'),
    inFlight: number('ApproximateNumberOfMessagesNotVisible'),
    delayed: number('ApproximateNumberOfMessagesDelayed'),
  };
}
