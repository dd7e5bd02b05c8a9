import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDynamoClient, createDynamoTable } from '../../adapters/dynamo-table.ts';
import { openFairQueues } from '../../adapters/open-fair-queues.ts';
import { openTaskStore } from '../../adapters/open-task-store.ts';
import { toQueuedTask } from '../../core/scheduling/task-message.ts';
import type { Task } from '../../core/tasks/task.ts';
import { makeTask } from '../../test/make-task.ts';
import type { RecordingProvider } from '../scheduling/provider-report.ts';
import type { Measure } from '../scheduling/scenario.ts';
import { toRequest } from '../scheduling/task-plan.ts';
import type { RunningService } from '../start-service.ts';

const serviceMs = 5_000;
const limit = 10;
const serviceTimes = 6;

/** Tasks as a submission stores and queues them, under tenants of one's own choice. */
function createSubmit({ host }: RunningService) {
  const { accessKeyId, secretAccessKey } = host.awsCredentials;
  // The clients of the adapters find the host by these.
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: host.awsEndpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  });
  const {
    TaskTableName = '',
    StateTableName = '',
    PayloadBucketName = '',
    QueueUrlPrefix = '',
  } = host.outputs;
  const client = createDynamoClient();
  const tasks = openTaskStore({
    client,
    tableName: TaskTableName,
    bucket: PayloadBucketName,
    retentionMs: 86_400_000,
  });
  let numbered = 0;
  return async (tenant: string, count: number): Promise<number[]> => {
    // An execution environment of its own for each tenant's request.
    const queues = openFairQueues(createDynamoTable({ client, tableName: StateTableName }), QueueUrlPrefix);
    const numbers = Array.from({ length: count }, () => numbered++);
    const made = numbers.map((number): { task: Task; input: { prompt: string } } => {
      const { prompt } = toRequest(number, {}) as { prompt: string };
      const now = Date.now();
      const members = {
        tenant,
        type: 'custom',
        provider: 'local',
        createdAt: now,
        deadlineAt: now + 3_600_000,
      };
      return {
        task: makeTask({ ...members, taskId: `task_${randomUUID()}`, model: 'local' }),
        input: { prompt },
      };
    });
    await tasks.create(made);
    await queues.enqueue(made.map(({ task }) => toQueuedTask(task)));
    return numbers;
  };
}

/** A tenant with many waiting tasks, then one with few. */
export async function measureSharing(
  service: RunningService,
  provider: RecordingProvider,
  counts: { many: number; few: number },
): Promise<Measure[]> {
  const submit = createSubmit(service);
  await provider.reset({ serviceMs: 200 });
  // Cold starts of all workers at once are the machine's.
  await submit('many', 4 * limit);
  while ((await provider.report()).calls.filter(({ endedAt }) => endedAt !== null).length < 4 * limit)
    await sleep(200);
  await provider.reset({ serviceMs });
  await submit('many', counts.many);
  const few = new Set(await submit('few', counts.few));
  const submittedAt = Date.now();
  const own = async () => (await provider.report()).calls.filter(({ task }) => few.has(task));
  const giveUpAt = submittedAt + 20 * serviceTimes * serviceMs;
  while ((await own()).filter(({ endedAt }) => endedAt !== null).length < counts.few && Date.now() < giveUpAt)
    await sleep(200);
  const { calls } = await provider.report();
  const mine = calls.filter(({ task }) => few.has(task));
  const ended = Math.max(...mine.map(({ endedAt }) => endedAt ?? Number.POSITIVE_INFINITY));
  const [first, last] = [Math.min, Math.max].map((of) => of(...mine.map(({ startedAt }) => startedAt)));
  const beside = calls.filter(({ startedAt }) => startedAt >= (first ?? 0) && startedAt <= (last ?? 0));
  const [times, share] = [(ended - submittedAt) / serviceMs, mine.length / beside.length];
  const what = `${counts.few} tasks beside ${counts.many} of another tenant, limit ${limit}`;
  return [
    {
      what: `${what}: last end in service times`,
      bar: `≤ ${serviceTimes}`,
      measured: times.toFixed(2),
      met: mine.length === counts.few && times <= serviceTimes,
    },
    {
      what: '– share of the starts while both wait',
      bar: '≥ 40 %',
      measured: `${(share * 100).toFixed(1)} % (${mine.length} of ${beside.length})`,
      met: share >= 0.4,
    },
  ];
}
