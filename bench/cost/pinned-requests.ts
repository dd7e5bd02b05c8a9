import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { countRow, type Row } from './count-row.ts';
import { type Load, paths } from './paths.ts';
import { startWorld, type World } from './world.ts';

/** Requests of one task or batch on a path, by what makes them. */
export interface Pin {
  /** By `<function> <operation>`: the same however fast the machine is. */
  requests: Record<string, number>;
  /**
   * Of what reads the stream of changes, by its name: those of an invocation, frames left out. On a slow machine fewer changes
   * are read together, in more invocations.
   */
  readers: Record<string, number>;
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

const readers = ['publish-task-event', 'count-task-changes'];

/** Takes a path once. */
export async function countPin(world: World, row: Row): Promise<Pin> {
  const { operations } = await countRow(world, row);
  const { tasks } = paths[row.path];
  const counts = Object.entries(operations)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, count]) => [name, Math.round(count * tasks)] as const);
  const readerOf = (name: string) => readers.find((reader) => name.startsWith(reader));
  const ofOthers = counts.filter(([name]) => !readerOf(name) || name.endsWith('PostToConnection'));
  return { requests: Object.fromEntries(ofOthers), readers: Object.fromEntries(readers.map(inInvocation)) };

  function inInvocation(reader: string): [string, number] {
    const own = counts.filter((count) => readerOf(count[0]) === reader && !ofOthers.includes(count));
    const invocations = own.find(([name]) => name.endsWith(' invocation'))?.[1] ?? 0;
    const all = own.reduce((sum, [, count]) => sum + count, 0);
    return [reader, invocations === 0 ? 0 : Math.round((100 * all) / invocations) / 100];
  }
}

export const sumOf = ({ requests }: Pin) => Object.values(requests).reduce((sum, count) => sum + count, 0);

/** The most that was counted of each reader. */
const mostOf = (counted: Pin[]): Pin['readers'] =>
  Object.fromEntries(
    readers.map((reader) => [reader, Math.max(...counted.map((pin) => pin.readers[reader] ?? 0))]),
  );

/** What differs from the pin, a line for each operation. */
export function describeDifference(pin: Pin, counted: Pin): string {
  const lines = [
    ...differences(pin.requests, counted.requests),
    ...differences(pin.readers, counted.readers).map((line) => `an invocation of ${line}`),
  ];
  return [`${sumOf(pin)} → ${sumOf(counted)} requests`, ...lines].join('\n  ');
}

function differences(pinned: Record<string, number>, counted: Record<string, number>): string[] {
  const names = [...new Set([...Object.keys(pinned), ...Object.keys(counted)])].toSorted();
  return names.flatMap((name) => {
    const [before = 0, now = 0] = [pinned[name], counted[name]];
    return before === now ? [] : [`${name}: ${before} → ${now}`];
  });
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
      if (least) pins[name] = { ...least, readers: mostOf(counted) };
      console.log(
        `${name}: ${counted.map((pin) => `${sumOf(pin)} + ${Object.values(pin.readers)}`).join(', ')}`,
      );
    }
  } finally {
    await world.stop();
  }
  await writeFile(pinnedFile, `${JSON.stringify(pins, undefined, 2)}\n`);
}
