import { parseArgs } from 'node:util';
import { createSqsDeadLetters, type DeadLetters, findQueueUrl } from '../../adapters/sqs-dead-letters.ts';
import { createSqsClient } from '../../adapters/sqs-task-queues.ts';
import { runCommand } from './run-command.ts';

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

type Command<Content> = { name: 'list' } | { name: 'replay'; isWanted: (content: Content) => boolean };

/** Runs `list`, `replay <event_id>`, `replay --since <ISO time>` or `replay --all`, as the command line asks. */
export function replayDeadLetters<Content>(queue: ReplayedQueue<Content>): Promise<void> {
  return runCommand(async () => {
    const { command, stage } = readCommand(queue);
    const client = createSqsClient();
    const queueUrl = await findQueueUrl(client, `llm-${stage}-${queue.queue}`);
    const deadQueueUrl = await findQueueUrl(client, `llm-${stage}-${queue.queue}-dead`);
    const { parse } = queue;
    const send = (content: Content) => queue.send(content, client, queueUrl);
    await run(command, queue, createSqsDeadLetters({ client, deadQueueUrl, parse, send }));
  });
}

function readCommand<Content>(queue: ReplayedQueue<Content>): { command: Command<Content>; stage: string } {
  const usage = `Usage: npm run ${queue.script} -- list | replay <event_id> | replay --since <ISO time> | replay --all  [--stage dev]`;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      since: { type: 'string' },
      all: { type: 'boolean', default: false },
      stage: { type: 'string', default: 'dev' },
    },
  });
  const [name, eventId, ...others] = positionals;
  const { since, all, stage } = values;
  const chosen = [eventId, since, all || undefined].filter((each) => each !== undefined).length;
  if (name === 'list' && chosen === 0) return { command: { name }, stage };
  if (name !== 'replay' || others.length > 0 || chosen !== 1) throw new Error(usage);
  if (all) return { command: { name, isWanted: () => true }, stage };
  if (eventId) return { command: { name, isWanted: (content) => queue.isOf(content, eventId) }, stage };
  const from = Date.parse(since ?? '');
  if (Number.isNaN(from)) throw new Error(`--since ${since} is no ISO time\n${usage}`);
  return { command: { name, isWanted: (content) => (queue.timeOf(content) ?? from) >= from }, stage };
}

async function run<Content>(
  command: Command<Content>,
  { describe }: ReplayedQueue<Content>,
  dead: DeadLetters<Content>,
): Promise<void> {
  const { letters, unreadable } = await dead.list();
  const wanted = command.name === 'replay' ? letters.filter(({ content }) => command.isWanted(content)) : [];
  const kept = new Set(letters);
  const lines = (content: Content, prefix = '') => describe(content).map((line) => prefix + line);
  try {
    if (command.name === 'list') for (const { content } of letters) console.log(lines(content).join('\n'));
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
    command.name === 'list'
      ? `${letters.length} given up`
      : `${wanted.length} replayed, ${kept.size + unreadable.length} kept`,
  );
}
