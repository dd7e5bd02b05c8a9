// A function of tests, for a bundle: what an error of DynamoDB is to it.
import {
  DynamoDBClient,
  DynamoDBServiceException,
  GetItemCommand,
  ProvisionedThroughputExceededException,
} from '@aws-sdk/client-dynamodb';

export async function handler(endpoint: string): Promise<object> {
  const client = new DynamoDBClient({ endpoint, maxAttempts: 1 });
  try {
    const { Item } = await client.send(new GetItemCommand({ TableName: 'table', Key: { pk: { S: 'key' } } }));
    return { item: Item };
  } catch (error) {
    if (!(error instanceof DynamoDBServiceException)) throw error;
    const { name, message, $fault, $metadata } = error;
    const isNamed = error instanceof ProvisionedThroughputExceededException;
    return { name, message, fault: $fault, status: $metadata.httpStatusCode, isNamed };
  } finally {
    client.destroy();
  }
}
