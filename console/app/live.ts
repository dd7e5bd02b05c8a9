import { signal } from '@preact/signals';
import type { DeltaFrame } from '../../client/socket-frames.ts';
import type { Provider, ProviderStatus, ServiceEvent, Stats, Task } from '../../client/wire.ts';
import { BatchBoard } from '../state/batch-board.ts';
import { EndedSeries } from '../state/ended-series.ts';
import { FrameBatcher } from '../state/frame-batcher.ts';
import { GaugeSeries } from '../state/gauge-series.ts';
import { hasEnded, TaskBoard } from '../state/task-board.ts';
import type { TypeDescription } from '../state/task-types.ts';
import { rememberBatches } from './batch-memory.ts';
import { Feed } from './feed.ts';
import { call } from './session.ts';

export type Connection = 'connecting' | 'live' | 'lost' | 'polling';

export const board = new TaskBoard();
export const ended = new EndedSeries();
export const gauges = new GaugeSeries();
export const batches = new BatchBoard();
rememberBatches(batches);

/** Counts the drawings: whoever shows tasks or batches reads it. */
export const frame = signal(0);
/** Counts seconds: whoever shows time reads it. */
export const tick = signal(0);
export const connection = signal<Connection>('connecting');
/** The last thing to say about the connection. */
export const notice = signal<'regained' | 'gap' | undefined>(undefined);
export const statuses = signal<ProviderStatus[] | undefined>(undefined);
export const providers = signal<Provider[]>([]);
export const stats = signal<Stats | undefined>(undefined);
export const types = signal<TypeDescription[]>([]);
/** The last call of what the page looks at by itself failed by this. */
export const fault = signal<unknown>(undefined);
/** Whether the first tasks were read: before that nobody knows that there are none. */
export const isLoaded = signal(false);
/** When something last happened, in milliseconds. */
export const activity = { at: 0 };

/** Ten drawings a second read as well as sixty, and leave the page room for everything else. */
const betweenDrawingsMs = 80;

const batcher = new FrameBatcher<ServiceEvent | DeltaFrame>(
  (events) => {
    const now = Date.now();
    activity.at = now;
    for (const event of events) take(event, now);
    frame.value += 1;
  },
  (run) => {
    // Pages in the background do not draw.
    if (document.hidden) setTimeout(run, 1000);
    else setTimeout(() => requestAnimationFrame(run), betweenDrawingsMs);
  },
);

function take(event: ServiceEvent | DeltaFrame, now: number): void {
  if (event.event_type === 'delta') return;
  if (event.batch_id) batches.tell(event.batch_id);
  if (event.event_type === 'batch.completed') return;
  const row = board.apply(event);
  if (!row || !hasEnded(event.status)) return;
  const usage = event.data?.usage;
  ended.add(
    { row, promptTokens: usage?.prompt_tokens ?? 0, completionTokens: usage?.completion_tokens ?? 0 },
    now,
  );
}

export const feed = new Feed(
  (event) => batcher.add(event),
  connection,
  notice,
  () => void readNewest(),
);

/** Reads the newest tasks, and puts those here that are not. */
export async function readNewest(limit = 100): Promise<void> {
  const { moment } = board;
  const { tasks } = await call((service) => service.list({ limit }));
  showTasks(tasks, moment, true);
}

export function showTasks(tasks: readonly Task[], moment: number, adds: boolean): void {
  board.merge(tasks, moment, adds);
  for (const { batch_id } of tasks) if (adds && batch_id && !batches.get(batch_id)) batches.tell(batch_id);
  frame.value += 1;
}
