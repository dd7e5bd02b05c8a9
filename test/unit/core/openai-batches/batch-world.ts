import { createFile } from '../../../../core/files/create-file.ts';
import type { StoredFile } from '../../../../core/files/file.ts';
import type { FileStore } from '../../../../core/files/file-store.ts';
import { toOpenaiError } from '../../../../core/openai/openai-error.ts';
import type { BatchRunPorts } from '../../../../core/openai-batches/batch-run.ts';
import { createOpenaiBatch } from '../../../../core/openai-batches/create-openai-batch.ts';
import type { OpenaiBatch } from '../../../../core/openai-batches/openai-batch.ts';
import { runBatches } from '../../../../core/openai-batches/run-batches.ts';
import { isFinal } from '../../../../core/tasks/task.ts';
import { toProblem } from '../../../../functions/http/middleware/to-problem.ts';
import {
  createMemoryKeys,
  createMemoryQueues,
  createMemoryStates,
  createMemoryTasks,
  createOpenGate,
} from '../../../fakes/memory-submissions.ts';
import { makeRules } from '../../../fakes/submission-rules.ts';
import { makeResult, start } from '../../../make-task.ts';
import { createMemoryContents } from '../files/memory-contents.ts';
import { createMemoryOpenaiBatches } from './memory-openai-batches.ts';

export const chatLine = (customId: string, body: object = {}) =>
  JSON.stringify({
    custom_id: customId,
    method: 'POST',
    url: '/v1/chat/completions',
    body: { model: 'simulated', messages: [{ role: 'user', content: customId }], ...body },
  });

/** Everything that a run of batches touches, in memory. A sleep lets workers end `perSleep` tasks. */
export function createBatchWorld({ perSleep = 5, maxQueueSize = 100 } = {}) {
  const world = { now: start, perSleep };
  const batches = createMemoryOpenaiBatches();
  const tasks = createMemoryTasks();
  const queues = createMemoryQueues();
  const { contents, objects } = createMemoryContents();
  const stored = new Map<string, StoredFile>();
  const files: FileStore = {
    async create(file) {
      if (!stored.has(file.fileId)) stored.set(file.fileId, file);
    },
    get: async (_tenant, fileId, now) => {
      const file = stored.get(fileId);
      return file && file.expiresAt > now ? file : undefined;
    },
    list: async () => ({ files: [...stored.values()], hasMore: false }),
    delete: async (_tenant, fileId) => void stored.delete(fileId),
  };
  /** How often each task was made. */
  const replaced: string[] = [];
  let runs = 0;
  const errors: unknown[] = [];
  const ports: BatchRunPorts = {
    batches,
    files,
    contents,
    tasks: {
      ...tasks,
      readInput: async ({ taskId }) => tasks.stored.get(taskId)?.input,
      async create(made) {
        replaced.push(...made.map(({ task }) => task.taskId).filter((taskId) => tasks.stored.has(taskId)));
        await tasks.create(made);
      },
    },
    queues,
    states: createMemoryStates({ simulated: 0, kimi: 0 }),
    gate: createOpenGate(),
    rules: makeRules({ maxQueueSize }),
    toOpenaiError: (error) => toOpenaiError(toProblem(error)),
    clock: () => world.now,
    async sleep(milliseconds) {
      world.now += Math.max(1, milliseconds);
      work(world.perSleep);
    },
    nameRun() {
      runs += 1;
      return `run ${runs}`;
    },
    onError: (error) => errors.push(error),
  };

  /** Workers answer the oldest of the open tasks. */
  function work(count: number): void {
    const open = [...tasks.stored.values()].filter(({ task }) => !isFinal(task.status)).slice(0, count);
    for (const found of open) {
      const result = makeResult({ content: `answer of ${found.task.batchIndex}` });
      found.task = { ...found.task, status: 'completed', lastEvent: 'completed', result };
    }
    for (const state of ['simulated', 'kimi'])
      void ports.states.read().then((states) => Object.assign(states.get(state)?.queued ?? {}, { low: 0 }));
  }

  async function submit(lines: string[], members: object = {}): Promise<OpenaiBatch> {
    const form = {
      fields: { purpose: 'batch' },
      file: { name: 'in.jsonl', bytes: Buffer.from(lines.join('\n')) },
    };
    const file = await createFile(
      { tenant: 'default', form, uuid: crypto.randomUUID(), now: world.now },
      ports,
    );
    const body = {
      input_file_id: file.fileId,
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
      ...members,
    };
    const request = {
      tenant: 'default',
      uuid: crypto.randomUUID(),
      idempotencyKey: undefined,
      repeats: undefined,
    };
    return createOpenaiBatch({ ...request, body, now: world.now }, 14 * 86_400_000, {
      batches,
      files,
      keys: createMemoryKeys(),
      repeats: { note: async () => {}, find: async () => undefined },
      starter: { start: async () => {} },
    });
  }

  /** Runs of the schedule, until the batch has ended. */
  async function drive({ batchId }: OpenaiBatch, used: BatchRunPorts = ports): Promise<OpenaiBatch> {
    for (let run = 0; run < 500; run += 1) {
      await runBatches([], world.now + 55_000, used);
      const found = batches.stored.get(batchId)?.batch;
      if (found && ['completed', 'failed', 'expired', 'cancelled'].includes(found.status)) return found;
      world.now += 60_000;
      work(world.perSleep);
    }
    throw new Error(`The batch does not end: ${JSON.stringify(errors.map(String))}`);
  }

  /** The lines of a file of answers, parsed. */
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects and fails otherwise.
  function linesOf(fileId: string | null): any[] {
    const file = fileId === null ? undefined : stored.get(fileId);
    const text = (file?.parts ?? [])
      .map(({ objectKey }) => objects.get(objectKey)?.toString() ?? '')
      .join('');
    if (file && Buffer.byteLength(text) !== file.bytes)
      throw new Error('The file has other bytes than it says');
    return text === ''
      ? []
      : text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line));
  }

  return {
    world,
    ports,
    batches,
    tasks,
    queues,
    objects,
    files: stored,
    replaced,
    errors,
    submit,
    drive,
    linesOf,
  };
}
