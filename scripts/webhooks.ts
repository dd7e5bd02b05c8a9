/**
 * npm run webhooks -- list | replay <event_id> | replay --since <ISO time> | replay --all   [--stage dev] [--target …]
 *
 * Deliveries whose tries are used up stay in the dead-letter queue `llm-<stage>-webhooks-dead` for 14 days.
 * `list` prints them, `replay` sends them to the webhook queue again, with all their tries. How the deployment
 * is found: docs/operations.md.
 */
import { createSqsWebhookQueue, parseWebhookMessage } from '../adapters/sqs-webhook-queue.ts';
import { replayDeadLetters } from './deployed/replay-dead-letters.ts';

await replayDeadLetters({
  script: 'webhooks',
  queue: 'webhooks',
  parse: parseWebhookMessage,
  async send(message, client, queueUrl) {
    return (await createSqsWebhookQueue({ client, queueUrl }).send([message])).length === 0;
  },
  describe: ({ event, url }) => [
    [event.timestamp, event.event_type.padEnd(15), event.event_id, url].join('  '),
  ],
  isOf: ({ event }, eventId) => event.event_id === eventId,
  timeOf: ({ event }) => Date.parse(event.timestamp),
});
