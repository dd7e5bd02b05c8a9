import { randomUUID } from 'node:crypto';
import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { createDynamoClient, createDynamoTable } from '../../../adapters/dynamo-table.ts';
import { createDynamoTaskStore } from '../../../adapters/dynamo-task-store.ts';
import { createS3Payloads } from '../../../adapters/s3-payloads.ts';
import { startService } from '../../../bench/start-service.ts';
import type { NewTask } from '../../../core/tasks/task-store.ts';
import { makeTask } from '../../make-task.ts';

/** The service's own tables and bucket on the local host, reached by this process's SDK clients. */
export async function startStores(settings: Record<string, string> = {}) {
  const service = await startService({ LLM_LOG_LEVEL: 'info', ...settings });
  const { host } = service;
  process.env.AWS_ENDPOINT_URL = host.awsEndpoint;
  process.env.AWS_ACCESS_KEY_ID = host.awsCredentials.accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = host.awsCredentials.secretAccessKey;
  process.env.AWS_REGION = 'us-east-1';
  const reference = (type: string, namePart: string) => {
    const found = host.templates.ofType(type).find(({ id }) => id.includes(namePart));
    if (!found) throw new Error(`The templates have no ${type} ${namePart}`);
    return found.ref;
  };
  const client = createDynamoClient();
  const table = (namePart: string) =>
    createDynamoTable({ client, tableName: reference('AWS::DynamoDB::Table', namePart) });
  const bucket = reference('AWS::S3::Bucket', 'PayloadBucket');
  const payloads = createS3Payloads({ bucket });
  const s3 = new S3Client({ forcePathStyle: true });
  const store = createDynamoTaskStore({ table: table('TaskTable'), payloads, retentionMs: 86_400_000 });
  return {
    service,
    stateTable: table('StateTable'),
    taskTable: table('TaskTable'),
    payloads,
    store,
    deleteObject: async (Key: string) =>
      void (await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }))),
  };
}

/** A queued task of a tenant of its own unless told otherwise. */
export function newTask(
  changes: Partial<NewTask['task']> = {},
  input: NewTask['input'] = { prompt: 'Answer' },
): NewTask {
  const now = Date.now();
  return {
    input,
    task: {
      ...makeTask({ type: 'custom', provider: 'stored-only', model: 'a-model' }),
      tenant: `tenant-${randomUUID()}`,
      taskId: `task_${randomUUID()}`,
      createdAt: now,
      deadlineAt: now + 3_600_000,
      ...changes,
    },
  };
}
