/**
 * npm run webhooks -- list | replay <event_id> | replay --since <ISO time>   [--stage dev]
 *
 * Deliveries whose tries are used up stay in the dead-letter queue `llm-<stage>-webhooks-dead` for 14 days.
 * `list` prints them, `replay` sends them to the webhook queue again, with all their tries. Credentials and
 * region are the AWS SDK's own; how to reach the local host: docs/webhooks.md.
 */
import { parseArgs } from 'node:util';
import {
  createSqsDeadWebhooks,
  type DeadWebhook,
  type DeadWebhooks,
  findQueueUrl,
} from '../adapters/sqs-dead-webhooks.ts';
import { createSqsClient } from '../adapters/sqs-task-queues.ts';
import { createSqsWebhookQueue } from '../adapters/sqs-webhook-queue.ts';
import { runCommand } from './deployed/run-command.ts';

const usage =
  'Usage: npm run webhooks -- list | replay <event_id> | replay --since <ISO time>  [--stage dev]';

type Command = { name: 'list' } | { name: 'replay'; wanted: (dead: DeadWebhook) => boolean };

function readCommand(): { command: Command; stage: string } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { since: { type: 'string' }, stage: { type: 'string', default: 'dev' } },
  });
  const [name, eventId, ...rest] = positionals;
  const { since, stage } = values;
  if (name === 'list' && !eventId && !since) return { command: { name }, stage };
  if (name !== 'replay' || rest.length > 0 || Boolean(eventId) === Boolean(since)) throw new Error(usage);
  if (eventId)
    return { command: { name, wanted: ({ message }) => message.event.event_id === eventId }, stage };
  const from = Date.parse(since ?? '');
  if (Number.isNaN(from)) throw new Error(`--since ${since} is no ISO time\n${usage}`);
  return { command: { name, wanted: ({ message }) => Date.parse(message.event.timestamp) >= from }, stage };
}

async function run(command: Command, webhooks: DeadWebhooks): Promise<void> {
  const dead = await webhooks.list();
  const wanted = command.name === 'replay' ? dead.filter(command.wanted) : [];
  const kept = new Set(dead);
  try {
    if (command.name === 'list') for (const each of dead) console.log(describe(each));
    for (const each of wanted) {
      await webhooks.replay(each);
      kept.delete(each);
      console.log(`replayed  ${describe(each)}`);
    }
  } finally {
    await webhooks.release([...kept]);
  }
  console.log(
    command.name === 'list' ? `${dead.length} given up` : `${wanted.length} replayed, ${kept.size} kept`,
  );
}

function describe({ message: { event, url } }: DeadWebhook): string {
  return [event.timestamp, event.event_type.padEnd(15), event.event_id, url].join('  ');
}

await runCommand(async () => {
  const { command, stage } = readCommand();
  const client = createSqsClient();
  const queueUrl = await findQueueUrl(client, `llm-${stage}-webhooks`);
  const deadQueueUrl = await findQueueUrl(client, `llm-${stage}-webhooks-dead`);
  const queue = createSqsWebhookQueue({ client, queueUrl });
  await run(command, createSqsDeadWebhooks({ client, deadQueueUrl, queue }));
});
