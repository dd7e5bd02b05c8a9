import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { startService } from '../start-service.ts';
import type { EndedTask, RoutingService } from './routing-service.ts';

interface Stats {
  tasks: { queued: number; processing: number; completed: number; failed: number; cancelled: number };
}

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
      await service.call('POST', '/api/v1/tasks', task);
    },
    async submitBatch(tasks) {
      await service.call('POST', '/api/v1/tasks/batch', { tasks });
    },
    async count() {
      const { tasks } = await service.call<Stats>('GET', '/api/v1/stats');
      return {
        ended: tasks.completed + tasks.failed + tasks.cancelled,
        open: tasks.queued + tasks.processing,
      };
    },
    async list() {
      const tasks: EndedTask[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const page: { tasks: EndedTask[]; next_cursor: string | null } = await service.call(
          'GET',
          `/api/v1/tasks?limit=100${query}`,
        );
        tasks.push(...page.tasks);
        cursor = page.next_cursor;
      }
      return tasks;
    },
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
