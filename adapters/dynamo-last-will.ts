import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LastWill } from '../core/scheduling/last-will.ts';
import type { Task, TaskError, WaitReason } from '../core/tasks/task.ts';
import type { TaskStore } from '../core/tasks/task-store.ts';
import { createSigningDynamoClient, type SignedRequest } from './signing-dynamo-client.ts';
import type { Watchdog } from './watchdog.ts';

const hung: TaskError = {
  code: 'internal',
  message: 'The worker hung while it ran the task, and was ended',
  provider: null,
  retryable: false,
};

/** The update that fails the task, signed beforehand and kept by the watchdog. Its condition is that the attempt still runs. */
export function createDynamoLastWill(options: {
  watchdog: Watchdog;
  openStore: (client: DynamoDBClient) => TaskStore;
  clock: () => number;
}): LastWill {
  const { watchdog, clock } = options;
  let signed: SignedRequest | undefined;
  let opened: TaskStore | undefined;
  /** Opened by the first task that needs it: most do not, and a cold start would pay for its clients. */
  const openStore = () =>
    options.openStore(
      createSigningDynamoClient((request) => {
        signed = request;
      }),
    );
  /** One after the other: there is one place for what was signed. */
  let queued: Promise<void> = Promise.resolve();

  async function sign(task: Task, startedAt: number, waitedFor: WaitReason | null): Promise<void> {
    const now = clock();
    const record = { ...unfinished(task), waitedFor, startedAt, endedAt: now, code: hung.code };
    opened ??= openStore();
    await opened.fail(task, hung, record, now);
    watchdog.entrust(nameOf(task), signed);
  }

  function queue(work: () => void | Promise<void>): Promise<void> {
    const done = queued.then(work);
    queued = done.catch(() => {});
    return done;
  }

  return {
    set: (task, startedAt, waitedFor) => queue(() => sign(task, startedAt, waitedFor)),
    clear: (task) => void queue(() => watchdog.entrust(nameOf(task), undefined)),
  };
}

const nameOf = ({ tenant, taskId }: Task) => `${tenant}/${taskId}`;

/** What is known of a call that never came to its end. */
function unfinished({ attempts, provider, model }: Task) {
  return {
    attempt: attempts,
    provider,
    model,
    outcome: 'interrupted',
    usage: null,
    costUsd: 0,
  } as const;
}
