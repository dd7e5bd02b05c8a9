import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type DynamoDBClient,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { mapInGroups, pagesOf } from './pages.ts';
import { batchPolicies, sendAll } from './retry-policy.ts';

type Attributes = Record<string, AttributeValue>;

/** DynamoDB takes 25 writes or 100 reads a request. 8 requests at once store 1,000 tasks in a second. */
const writesPerRequest = 25;
const readsPerRequest = 100;
const requestsAtOnce = 8;

/** Makes every write; throws when one could not be made. */
export async function writeMany(
  client: DynamoDBClient,
  tableName: string,
  requests: WriteRequest[],
): Promise<void> {
  await mapInGroups(pagesOf(requests, writesPerRequest), requestsAtOnce, (page) =>
    sendAll(page, batchPolicies.dynamo, async (rest) => {
      const answer = await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: rest } }));
      return answer.UnprocessedItems?.[tableName] ?? [];
    }),
  );
}

/** The items that are there, in any order; throws when one could not be read. */
export async function readMany(
  client: DynamoDBClient,
  tableName: string,
  keys: Attributes[],
  consistent: boolean,
): Promise<Attributes[]> {
  const found: Attributes[] = [];
  await mapInGroups(pagesOf(keys, readsPerRequest), requestsAtOnce, (page) =>
    sendAll(page, batchPolicies.dynamo, async (Keys) => {
      const RequestItems = { [tableName]: { Keys, ConsistentRead: consistent } };
      const answer = await client.send(new BatchGetItemCommand({ RequestItems }));
      found.push(...(answer.Responses?.[tableName] ?? []));
      return answer.UnprocessedKeys?.[tableName]?.Keys ?? [];
    }),
  );
  return found;
}
