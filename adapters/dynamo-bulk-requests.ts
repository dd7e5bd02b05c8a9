import { setTimeout as sleep } from 'node:timers/promises';
import { type AttributeValue, BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ServiceError } from '../core/service-error.ts';

export type WriteRequest =
  | { PutRequest: { Item: Record<string, AttributeValue> } }
  | { DeleteRequest: { Key: Record<string, AttributeValue> } };

export async function writeMany(
  client: DynamoDBClient,
  tableName: string,
  requests: WriteRequest[],
): Promise<void> {
  // 25 items a request is DynamoDB's limit; 8 requests at once keep a batch of 1,000 tasks under a second.
  for (const group of chunk(chunk(requests, 25), 8))
    await Promise.all(
      group.map((page) =>
        untilAllDone({ [tableName]: page }, async (rest) => {
          const answer = await client.send(new BatchWriteItemCommand({ RequestItems: rest }));
          return { rest: answer.UnprocessedItems, value: [] };
        }),
      ),
    );
}

/** Repeats a batch call with what DynamoDB left undone, with growing delays. */
export async function untilAllDone<R extends object, V>(
  request: R,
  send: (rest: R) => Promise<{ rest: unknown; value: V }>,
): Promise<V[]> {
  const values: V[] = [];
  let rest = request;
  for (let tries = 0; tries < 6; tries += 1) {
    const answer = await send(rest);
    values.push(answer.value);
    if (!answer.rest || Object.keys(answer.rest).length === 0) return values;
    rest = answer.rest as R;
    await sleep(50 * 2 ** tries);
  }
  throw new ServiceError('internal', 'The table is throttled: not everything could be read or written', {
    retryable: true,
  });
}

export function chunk<T>(list: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) =>
    list.slice(i * size, (i + 1) * size),
  );
}
