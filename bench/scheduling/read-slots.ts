import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Host } from '../../local/start-host.ts';

/** What the table of slots says is held or owed. */
export interface SlotsLeft {
  leases: number;
  /** Slots taken, over all levels. */
  taken: number;
  /** Tickets that are counted as parked. */
  parked: number;
}

/** Reads the item of the slots from the table itself, past the code that is measured. */
export async function readSlots({ awsEndpoint, awsCredentials, outputs }: Host): Promise<SlotsLeft> {
  const client = new DynamoDBClient({
    endpoint: awsEndpoint,
    region: 'us-east-1',
    credentials: awsCredentials,
  });
  const Key = { pk: { S: 'SEMAPHORE' }, sk: { S: 'LEASES' } };
  const { Item } = await client.send(
    new GetItemCommand({ TableName: outputs.StateTableName, Key, ConsistentRead: true }),
  );
  client.destroy();
  if (!Item) throw new Error('There is no item of the slots');
  const sum = (prefix: string) =>
    Object.entries(Item).reduce(
      (total, [name, { N = '0' }]) => total + (name.startsWith(prefix) ? Math.abs(Number(N)) : 0),
      0,
    );
  return { leases: Object.keys(Item.l?.M ?? {}).length, taken: sum('n_'), parked: sum('p_') };
}
