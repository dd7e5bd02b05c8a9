import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface StreamOutcome {
  taskId: string | undefined;
  /** What the reader has in the end. */
  text: string;
  /** Of the task, as the stream told it. */
  content: string | undefined;
  /** `completed` or `failed`. */
  ended: string | undefined;
  restarts: number;
  connections: number;
  events: number;
  firstDeltaMs: number | undefined;
}

/** Reads one stream to its end, over as many connections as it takes. */
export async function readStream(url: string, body: unknown, isOver: () => boolean): Promise<StreamOutcome> {
  const startedAt = Date.now();
  const outcome: StreamOutcome = {
    taskId: undefined,
    text: '',
    content: undefined,
    ended: undefined,
    restarts: 0,
    connections: 0,
    events: 0,
    firstDeltaMs: undefined,
  };
  let lastId: string | undefined;
  const take = (event: string, id: string, data: Record<string, unknown>) => {
    outcome.events += 1;
    lastId = id;
    outcome.taskId ??= data.task_id as string | undefined;
    if (event === 'status' && data.restart) {
      outcome.text = '';
      outcome.restarts += 1;
    }
    if (event === 'delta') {
      outcome.firstDeltaMs ??= Date.now() - startedAt;
      outcome.text += data.content as string;
    }
    if (event === 'completed' || event === 'failed') {
      outcome.ended = event;
      outcome.content = (data.result as { content: string } | null)?.content;
    }
  };
  while (outcome.ended === undefined && !isOver()) {
    outcome.connections += 1;
    await connect(url, lastId === undefined ? body : undefined, lastId, take).catch(() => sleep(500));
  }
  return outcome;
}

function connect(
  url: string,
  body: unknown,
  lastId: string | undefined,
  take: (event: string, id: string, data: Record<string, unknown>) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = request(`${url}/api/v1/process/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(lastId && { 'last-event-id': lastId }) },
    });
    call.on('error', reject);
    call.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) {
          const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
          if (field('data')) take(field('event'), field('id'), JSON.parse(field('data')));
        }
      });
      response.on('error', reject);
      response.on('end', () => (response.statusCode === 200 ? resolve() : reject(new Error(text))));
    });
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
