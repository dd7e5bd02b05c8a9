import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { countRow, type Row } from './count-row.ts';
import { type Load, paths } from './paths.ts';
import { startWorld, type World } from './world.ts';

/** Requests of one task or batch on a path, by what makes them. */
export interface Pin {
  /** By `<function> <operation>`: the same however fast the machine is. */
  requests: Record<string, number>;
  /** Of what reads the stream of changes, frames left out: at most, for changes that come together are read together. */
  readers: number;
}

const load: Load = { inBytes: 2_048, outBytes: 1_024, modelMs: 300 };
const row = (path: Row['path'], more: Partial<Row> = {}): Row => ({ path, load, rounds: 1, ...more });

/** What is pinned, one task or batch at a time. */
export const pinnedRows: Record<string, Row> = {
  single: row('single'),
  'single, followed': row('single', { follows: true }),
  'single, called back': row('single', { callsBack: true }),
  'batch of 10, followed': row('batch of 10', { follows: true }),
  sync: row('sync'),
  'chat, streamed': row('chat, streamed'),
  'background response': row('background response'),
  'cache hit': row('cache hit'),
};

const pinnedFile = join(import.meta.dirname, 'pinned-requests.json');

export const readPins = async (): Promise<Record<string, Pin>> =>
  JSON.parse(await readFile(pinnedFile, 'utf8'));

/** The service, which has done once what environments do once. */
export async function startPinnedWorld(): Promise<World> {
  const world = await startWorld({ LLM_CONCURRENCY_LOCAL: '20' });
  const counter = world.service.host.countRequests();
  await world.settleAfter(0, counter, async () => {
    await Promise.all(
      Object.values(pinnedRows).map(({ path, callsBack }) =>
        paths[path].run(world, { ...load, modelMs: 1 }, callsBack ? world.callbackUrl : undefined),
      ),
    );
  });
  counter.stop();
  return world;
}

const readers = /^(publish-task-event|count-task-changes) (?!PostToConnection)/;

/** Takes a path once. */
export async function countPin(world: World, row: Row): Promise<Pin> {
  const { operations } = await countRow(world, row);
  const names = Object.keys(operations).toSorted();
  const { tasks } = paths[row.path];
  const each = (name: string) => Math.round((operations[name] ?? 0) * tasks);
  return {
    requests: Object.fromEntries(
      names.filter((name) => !readers.test(name)).map((name) => [name, each(name)]),
    ),
    readers: names.filter((name) => readers.test(name)).reduce((sum, name) => sum + each(name), 0),
  };
}

export const sumOf = ({ requests }: Pin) => Object.values(requests).reduce((sum, count) => sum + count, 0);

/** What differs from the pin, a line for each operation. */
export function describeDifference(pin: Pin, counted: Pin): string {
  const names = [...new Set([...Object.keys(pin.requests), ...Object.keys(counted.requests)])].toSorted();
  const lines = names.flatMap((name) => {
    const [before = 0, now = 0] = [pin.requests[name], counted.requests[name]];
    return before === now ? [] : [`${name}: ${before} → ${now}`];
  });
  const [before, now] = [sumOf(pin), sumOf(counted)];
  return [
    `${before} → ${now} requests; readers of the stream ${pin.readers} → ${counted.readers}`,
    ...lines,
  ].join('\n  ');
}

/** Counts each path some times, and writes what it comes to at the least; the readers of the stream at the most. */
export async function writePins(times = 3): Promise<void> {
  const world = await startPinnedWorld();
  const pins: Record<string, Pin> = {};
  try {
    for (const [name, row] of Object.entries(pinnedRows)) {
      const counted: Pin[] = [];
      for (let time = 0; time < times; time += 1) counted.push(await countPin(world, row));
      const [least] = counted.toSorted((one, other) => sumOf(one) - sumOf(other));
      if (least) pins[name] = { ...least, readers: Math.max(...counted.map(({ readers }) => readers)) };
      console.log(`${name}: ${counted.map((pin) => `${sumOf(pin)} + ${pin.readers}`).join(', ')}`);
    }
  } finally {
    await world.stop();
  }
  await writeFile(pinnedFile, `${JSON.stringify(pins, undefined, 2)}\n`);
}
