/**
 * npm run events -- list | replay <event_id> | replay --since <ISO time> | replay --all   [--stage dev] [--target …]
 *
 * What a channel of events (WebSockets, webhook queue, bus, counts of batches, counters) did not take for a day stays,
 * with its content, in the dead-letter queue `llm-<stage>-events-dead` for 14 days. `list` prints it, `replay` puts it
 * back into the queue from which it is sent. How the deployment is found:
 * docs/operations.md.
 */
import { createSqsShareQueue, parseShare } from '../adapters/sqs-share-queue.ts';
import { describeShare, eventIdsOf, timeOfShare } from './deployed/describe-share.ts';
import { replayDeadLetters } from './deployed/replay-dead-letters.ts';

await replayDeadLetters({
  script: 'events',
  queue: 'events',
  parse: parseShare,
  send: (share, client, queueUrl) => createSqsShareQueue({ client, queueUrl }).put([share]),
  describe: describeShare,
  isOf: (share, eventId) => eventIdsOf(share).includes(eventId),
  timeOf: timeOfShare,
});
