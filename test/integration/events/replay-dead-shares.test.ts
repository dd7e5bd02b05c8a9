import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { findQueueUrl } from '../../../adapters/sqs-dead-letters.ts';
import { type RunningService, startService } from '../../../bench/start-service.ts';
import { listBusEvents } from '../../../core/events/list-shares.ts';
import { completed } from '../../make-task.ts';

let service: RunningService;
let client: SQSClient;
let environment: Record<string, string | undefined>;
before(async () => {
  service = await startService({ LLM_LOCAL_SCHEDULE_SECONDS: '1', LLM_PROVIDERS: 'simulated' });
  const { awsEndpoint: endpoint, awsCredentials: credentials } = service.host;
  client = new SQSClient({ endpoint, region: 'us-east-1', credentials, useQueueUrlAsEndpoint: false });
  environment = {
    ...process.env,
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
});
after(() => service.stop());

async function command(...words: string[]): Promise<string> {
  const script = join(import.meta.dirname, '..', '..', '..', 'scripts', 'events.ts');
  return (await promisify(execFile)(process.execPath, [script, ...words], { env: environment })).stdout;
}

const tasks = ['task_1', 'task_2'].map((taskId) => completed({ taskId, completedAt: 1, changedAt: 1 }));
const shares = tasks.map((after) => {
  const change = { kind: 'task' as const, sequence: '', before: undefined, after };
  return { channel: 'bus', owed: listBusEvents([change], new Set(['completed'])) };
});

test('what was given up is listed with its content, and replayed to its channel', async () => {
  const QueueUrl = await findQueueUrl(client, 'llm-dev-events-dead');
  const account = '{"DDBStreamBatchInfo":{"shardId":"1"}}';
  for (const MessageBody of [...shares.map((share) => JSON.stringify(share)), account])
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody }));

  const listed = await command('list');
  for (const id of ['evt_1_3', 'evt_2_3']) assert.match(listed, new RegExp(`bus +1970-.*completed +${id}`));
  assert.match(listed, /1 cannot be read, and stay where they are\n2 given up/);

  const put: string[] = [];
  const stop = service.host.observeRequests(({ service, input, answer }) => {
    if (service === 'events' && answer)
      put.push(...input.Entries.map(({ Detail }: { Detail: string }) => JSON.parse(Detail).event_id));
  });
  assert.match(await command('replay', 'evt_2_3'), /replayed +bus .*evt_2_3\n(.|\n)*1 replayed, 2 kept/);
  for (let waited = 0; waited < 200 && put.length === 0; waited += 1) await sleep(100);
  assert.deepEqual(put, ['evt_2_3']);
  assert.match(await command('replay', '--since', '1970-01-02T00:00:00Z'), /0 replayed, 2 kept/);
  assert.match(await command('replay', '--all'), /1 replayed, 1 kept/);
  for (let waited = 0; waited < 200 && put.length < 2; waited += 1) await sleep(100);
  assert.deepEqual(put, ['evt_2_3', 'evt_1_3']);
  stop();
});

test('a command that is not understood says how it is used', async () => {
  for (const words of [
    ['replay'],
    ['replay', 'a', 'b'],
    ['purge'],
    ['list', '--all'],
    ['replay', 'a', '--all'],
  ])
    await assert.rejects(command(...words), /Usage:\s+npm run events -- (list|replay)/, words.join(' '));
});
