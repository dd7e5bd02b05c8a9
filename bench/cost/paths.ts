import type { TaskRequest } from '../../client/wire.ts';
import { unkeyed } from '../unkeyed.ts';
import { sampleText } from './sample-text.ts';
import type { World } from './world.ts';

/** What a task is like. */
export interface Load {
  inBytes: number;
  outBytes: number;
  modelMs: number;
}

/** A way in which callers hand tasks in. */
export interface Path {
  /** Tasks that come in together. */
  tasks: number;
  /** Calls of the provider that they come to. */
  calls: number;
  /** Done when they are handed in, or answered where the caller waits. */
  run(world: World, load: Load, callbackUrl?: string): Promise<void>;
}

let asked = 0;

/** Each is another, unless it has a number. */
function promptOf({ inBytes, outBytes, modelMs }: Load, number?: number): string {
  asked += 1;
  const start = `#${modelMs}/${outBytes}# Question ${number ?? asked}: `;
  return start + sampleText(inBytes - start.length, number ?? asked);
}

function requestOf(load: Load, callback_url?: string): TaskRequest {
  const config = { cache_enabled: false, timeout: '5m' };
  return { type: 'custom', prompt: promptOf(load), config, ...(callback_url && { callback_url }) };
}

const batchOf = (tasks: number): Path => ({
  tasks,
  calls: tasks,
  async run({ service }, load, callbackUrl) {
    const requests = Array.from({ length: tasks }, () => requestOf(load, callbackUrl));
    await service.client.submitBatch({ tasks: requests }, unkeyed);
  },
});

const one = (run: Path['run']): Path => ({ tasks: 1, calls: 1, run });

export const paths = {
  single: one(async ({ service }, load, callbackUrl) => {
    await service.client.submit(requestOf(load, callbackUrl), unkeyed);
  }),
  'batch of 10': batchOf(10),
  'batch of 100': batchOf(100),
  sync: one(async ({ service }, load) => {
    const { status } = await service.client.sync(requestOf(load), unkeyed);
    if (status !== 'completed') throw new Error(`The task is ${status}`);
  }),
  // Without the key that the client gives a stream, as the others.
  stream: one(async ({ service }, load) => {
    const answer = await fetch(`${service.host.url}/api/v1/process/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(requestOf(load)),
    });
    const text = await answer.text();
    if (!text.includes('event: completed')) throw new Error(text);
  }),
  'chat, streamed': one(async ({ openai }, load) => {
    const messages = [{ role: 'user' as const, content: promptOf(load) }];
    const chunks = await openai.chat.completions.create({ model: 'auto', messages, stream: true });
    for await (const _chunk of chunks);
  }),
  'background response': one(async ({ openai }, load) => {
    await openai.responses.create({ model: 'auto', input: promptOf(load), background: true });
  }),
  'cache hit': {
    tasks: 1,
    calls: 0,
    async run({ service }, load) {
      // The first one is answered at once too, whatever the load.
      const request = { ...requestOf(load), prompt: promptOf({ ...load, modelMs: 0 }, 0) };
      await service.client.submit({ ...request, config: { cache_enabled: true } }, unkeyed);
    },
  },
} satisfies Record<string, Path>;

export type PathName = keyof typeof paths;
