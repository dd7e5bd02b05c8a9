import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { administratorAccessKeyId } from '../../local/aws-endpoint.ts';
import type { RunningService } from '../start-service.ts';

export interface OpenTime {
  /** Epoch milliseconds. */
  from: number;
  until: number;
}

/** Looks at a provider's circuit, in the table itself, fifty times a second; answers when it was open or half-open. */
export function watchCircuit(service: RunningService, provider: string): { stop(): Promise<OpenTime[]> } {
  const client = new DynamoDBClient({
    endpoint: service.host.awsEndpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: administratorAccessKeyId, secretAccessKey: 'any' },
  });
  const TableName = service.host.templates.resources.find(
    ({ type, id }) => type === 'AWS::DynamoDB::Table' && /state/i.test(id),
  )?.ref;
  const Key = { pk: { S: `PROVIDER#${provider}` }, sk: { S: 'HEALTH' } };
  const times: OpenTime[] = [];
  let isStopped = false;
  const watching = (async () => {
    let from: number | undefined;
    while (!isStopped) {
      const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
      const now = Date.now();
      if (Item?.open_until && from === undefined) from = now;
      if (!Item?.open_until && from !== undefined) {
        times.push({ from, until: now });
        from = undefined;
      }
      await sleep(20);
    }
    if (from !== undefined) times.push({ from, until: Date.now() });
  })();
  return {
    async stop() {
      isStopped = true;
      await watching;
      client.destroy();
      return times;
    },
  };
}
