import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { type Host, type HostOptions, startHost } from '../../../local/start-host.ts';

export const temporaryDirectory = () => mkdtempSync(join(tmpdir(), 'local-host-'));

/** The cloud assembly of the fixture application, synthesized once for all test files. */
export async function synthesizeFixture(): Promise<string> {
  const fixture = join(import.meta.dirname, 'fixture');
  const hash = createHash('sha256').update(readFileSync(join(fixture, 'app.ts')));
  const handlers = join(fixture, 'handlers');
  for (const name of readdirSync(handlers)) hash.update(readFileSync(join(handlers, name)));
  const directory = join(tmpdir(), `local-host-fixture-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(directory)) return directory;
  const made = temporaryDirectory();
  await promisify(execFile)(process.execPath, [join(fixture, 'app.ts')], {
    env: { ...process.env, CDK_OUTDIR: made },
  });
  // Another test file may have made it meanwhile.
  if (!existsSync(directory)) renameSync(made, directory);
  return directory;
}

export type Fixture = Awaited<ReturnType<typeof startFixture>>;

/** Starts the host on the fixture, with the clients of an administrator. */
export async function startFixture(assemblyDir: string, options: Partial<HostOptions> = {}) {
  const host = await startHost({
    assemblyDir,
    dataDir: temporaryDirectory(),
    port: 0,
    quiet: true,
    environment: { FIXTURE_SECRET: 'very secret' },
    ...options,
  });
  return { host, ...clientsOf(host), close: () => host.close(0) };
}

/** The part of a host that its clients need; it may run in another process. */
export type HostAddress = Pick<Host, 'url' | 'awsEndpoint' | 'awsCredentials'>;

export function clientsOf({ url, awsEndpoint, awsCredentials }: HostAddress) {
  const settings = {
    endpoint: awsEndpoint,
    region: 'us-east-1',
    credentials: awsCredentials,
    maxAttempts: 1,
  };
  const dynamodb = new DynamoDBClient(settings);
  const sqs = new SQSClient({ ...settings, useQueueUrlAsEndpoint: false });
  const lambda = new LambdaClient(settings);
  const queueUrl = (name: string) => `https://sqs.us-east-1.amazonaws.com/000000000000/fixture-${name}`;
  return {
    dynamodb,
    sqs,
    lambda,
    queueUrl,
    /** Runs an action of the handler `api` as its role. */
    async call(action: string, argument?: unknown, path = '/call') {
      const response = await fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ action, argument }),
      });
      // biome-ignore lint/suspicious/noExplicitAny: each action answers something else
      return { status: response.status, body: (await response.json()) as any };
    },
    send: (queue: string, body: unknown) =>
      sqs.send(new SendMessageCommand({ QueueUrl: queueUrl(queue), MessageBody: JSON.stringify(body) })),
    /** Receives until it has `count` bodies. The messages stay hidden for the queue's visibility timeout. */
    async receive(queue: string, count: number) {
      const bodies: string[] = [];
      while (bodies.length < count) {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({
            QueueUrl: queueUrl(queue),
            MaxNumberOfMessages: 10,
            WaitTimeSeconds: 5,
          }),
        );
        if (Messages.length === 0) throw new Error(`${queue} had ${bodies.length} of ${count} messages`);
        bodies.push(...Messages.map(({ Body = '' }) => Body));
      }
      return bodies;
    },
    async depth(queue: string) {
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: queueUrl(queue), AttributeNames: ['All'] }),
      );
      const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = Attributes ?? {};
      return {
        visible: Number(ApproximateNumberOfMessages),
        hidden: Number(ApproximateNumberOfMessagesNotVisible),
      };
    },
    async item(pk: string, sk: string) {
      const Key = { pk: { S: pk }, sk: { S: sk } };
      return (await dynamodb.send(new GetItemCommand({ TableName: 'fixture-items', Key }))).Item;
    },
  };
}

/** Asks until the answer is neither undefined nor false. Rejects after ten seconds. */
export async function until<T>(ask: () => Promise<T | undefined | false>, what: string): Promise<T> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`Waited ten seconds for ${what}`);
}
