import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { startService } from '../start-service.ts';
import { unkeyed } from '../unkeyed.ts';
import type { RoutingService } from './routing-service.ts';

/** The whole service on the local host in this process, reached over HTTP as any caller does. */
export async function startWholeService(settings: Record<string, string>): Promise<RoutingService> {
  const service = await startService({ ...settings, LLM_MAX_QUEUE_SIZE: '100000', LLM_TASK_TIMEOUT: '1h' });
  const client = new DynamoDBClient({
    endpoint: service.host.awsEndpoint,
    region: 'us-east-1',
    credentials: service.host.awsCredentials,
  });
  const TableName = service.host.templates.resources.find(
    ({ type, id }) => type === 'AWS::DynamoDB::Table' && /state/i.test(id),
  )?.ref;
  return {
    async submit(task) {
      await service.client.submit(task, unkeyed);
    },
    async submitBatch(tasks) {
      await service.client.submitBatch({ tasks }, unkeyed);
    },
    async count() {
      const { tasks } = await service.client.stats();
      return {
        ended: tasks.completed + tasks.failed + tasks.cancelled,
        open: tasks.queued + tasks.processing,
      };
    },
    list: () => Array.fromAsync(service.client.listAll()),
    async isCircuitOpen(provider) {
      const Key = { pk: { S: `PROVIDER#${provider}` }, sk: { S: 'HEALTH' } };
      const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
      return Item?.open_until !== undefined;
    },
    async stop() {
      client.destroy();
      await service.stop();
    },
  };
}
