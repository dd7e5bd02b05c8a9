import { createSqsDeadLetters, type DeadLetters, findQueueUrl } from '../../adapters/sqs-dead-letters.ts';
import { createSqsClient } from '../../adapters/sqs-task-queues.ts';
import { runCommand } from '../command/run-command.ts';
import { subcommand, UsageError } from '../command/subcommand.ts';
import { reach, type Target } from '../command/target.ts';

type Client = ReturnType<typeof createSqsClient>;

/** A queue whose dead-letter queue an operator lists and replays. */
export interface ReplayedQueue<Content> {
  /** The npm script. */
  script: string;
  /** Without stage and `-dead`. */
  queue: string;
  parse: (body: string | undefined) => Content;
  /** To the queue. False: it was not taken. */
  send: (content: Content, client: Client, queueUrl: string) => Promise<boolean>;
  /** Lines that say what it is. */
  describe: (content: Content) => string[];
  /** Whether it is of this event. */
  isOf: (content: Content, eventId: string) => boolean;
  /** Epoch ms of what it tells of; undefined: it has no time. */
  timeOf: (content: Content) => number | undefined;
}

/** Runs `list`, `replay <event_id>`, `replay --since <ISO time>` or `replay --all`, as the command line asks. */
export function replayDeadLetters<Content>(queue: ReplayedQueue<Content>): Promise<void> {
  const { script } = queue;
  return runCommand({
    script,
    subcommands: [
      subcommand({ name: 'list', run: (_given, target) => run(queue, target) }),
      subcommand({
        name: 'replay',
        form: '<event_id> | --since <ISO time> | --all',
        words: [0, 1],
        options: { since: { type: 'string' }, all: { type: 'boolean', default: false } },
        run({ words: [eventId], options: { since, all } }, target) {
          if ([eventId, since, all || undefined].filter((each) => each !== undefined).length !== 1)
            throw new UsageError('It takes one of <event_id>, --since and --all');
          if (all) return run(queue, target, () => true);
          if (eventId !== undefined) return run(queue, target, (content) => queue.isOf(content, eventId));
          const from = Date.parse(since ?? '');
          if (Number.isNaN(from)) throw new UsageError(`--since ${since} is no ISO time`);
          return run(queue, target, (content) => (queue.timeOf(content) ?? from) >= from);
        },
      }),
    ],
  });
}

async function openDeadLetters<Content>(
  { queue, parse, send }: ReplayedQueue<Content>,
  target: Target,
): Promise<DeadLetters<Content>> {
  reach(target);
  const client = createSqsClient();
  const queueUrl = await findQueueUrl(client, `llm-${target.stage}-${queue}`);
  const deadQueueUrl = await findQueueUrl(client, `llm-${target.stage}-${queue}-dead`);
  return createSqsDeadLetters({
    client,
    deadQueueUrl,
    parse,
    send: (content) => send(content, client, queueUrl),
  });
}

/** Replays what is wanted; lists all where nothing is. */
async function run<Content>(
  queue: ReplayedQueue<Content>,
  target: Target,
  isWanted?: (content: Content) => boolean,
): Promise<void> {
  const dead = await openDeadLetters(queue, target);
  const { letters, unreadable } = await dead.list();
  const wanted = isWanted ? letters.filter(({ content }) => isWanted(content)) : [];
  const kept = new Set(letters);
  const lines = (content: Content, prefix = '') => queue.describe(content).map((line) => prefix + line);
  try {
    if (!isWanted) for (const { content } of letters) console.log(lines(content).join('\n'));
    for (const letter of wanted) {
      await dead.replay(letter);
      kept.delete(letter);
      console.log(lines(letter.content, 'replayed  ').join('\n'));
    }
  } finally {
    await dead.release([...kept, ...unreadable]);
  }
  if (unreadable.length > 0) console.log(`${unreadable.length} cannot be read, and stay where they are`);
  console.log(
    isWanted
      ? `${wanted.length} replayed, ${kept.size + unreadable.length} kept`
      : `${letters.length} given up`,
  );
}
