import { pause } from '../../client/pause.ts';
import { LlmServiceError } from '../../client/service-error.ts';
import {
  activity,
  batches,
  board,
  connection,
  fault,
  frame,
  gauges,
  isLoaded,
  readNewest,
  showTasks,
  stats,
  statuses,
} from './live.ts';
import { route } from './navigation.ts';
import { asksForToken, call } from './session.ts';

const busyMs = 2_000;
const idleMs = 10_000;
const detailsMs = 2_000;
const batchesMs = 1_000;

/** Ids of the rows in view; what events do not say about them is read. */
export const inView = { ids: [] as readonly string[] };

/** What no event tells: queues, slots, circuits, totals, details of tasks, counts of batches. Nothing while the page is hidden. */
export async function pollAll(signal: AbortSignal): Promise<void> {
  await Promise.all([
    repeat(signal, look, () => (isBusy() ? busyMs : idleMs)),
    repeat(signal, readDetails, () => detailsMs),
    repeat(signal, readBatches, () => batchesMs),
  ]);
}

async function repeat(signal: AbortSignal, run: () => Promise<void>, delay: () => number): Promise<void> {
  while (!signal.aborted) {
    if (!document.hidden && !asksForToken.peek()) await run().catch(() => {});
    await pause(delay(), signal).catch(() => {});
  }
}

function isBusy(): boolean {
  const { queued = 0, processing = 0 } = stats.peek()?.tasks ?? {};
  return Date.now() - activity.at < 15_000 || queued + processing > 0 || fault.peek() !== undefined;
}

async function look(): Promise<void> {
  try {
    const [found, totals] = await Promise.all([
      call((service) => service.providerStatuses()),
      call((service) => service.stats()),
      isLoaded.peek() ? undefined : readNewest(),
    ]);
    const now = Date.now();
    gauges.add(found, now);
    statuses.value = found;
    stats.value = totals;
    fault.value = undefined;
    isLoaded.value = true;
  } catch (error) {
    fault.value = error;
  }
}

/** Events do not say type, priority and provider. One page of the newest tells most, the others are read by themselves. */
async function readDetails(): Promise<void> {
  const missing = () => inView.ids.filter((id) => board.get(id)?.type === undefined && board.get(id));
  if (missing().length === 0) return;
  const { moment } = board;
  const { tasks } = await call((service) => service.list({ limit: 100 }));
  showTasks(tasks, moment, false);
  const rest = missing().slice(0, 10);
  const read = await Promise.all(rest.map((id) => call((service) => service.get(id)).catch(() => undefined)));
  showTasks(
    read.filter((task) => task !== undefined),
    moment,
    false,
  );
}

async function readBatches(): Promise<void> {
  if (route.peek().view !== 'batches') return;
  if (connection.peek() !== 'live') for (const { id } of batches.list()) batches.tell(id);
  const ids = batches.toRead(4);
  await Promise.all(
    ids.map(async (id) => {
      try {
        batches.read(id, await call((service) => service.getBatch(id)));
      } catch (error) {
        if (error instanceof LlmServiceError && error.status === 404) batches.fail(id, 'not_found');
      }
    }),
  );
  if (ids.length > 0) frame.value += 1;
}
