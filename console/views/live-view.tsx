import { board, ended, fault, frame, isLoaded, stats, statuses, tick } from '../app/live.ts';
import { formats, words } from '../app/preferences.ts';
import { ErrorNote } from '../parts/error-note.tsx';
import { ChartGrid } from './chart-grid.tsx';
import { FirstStart } from './first-start.tsx';
import { LiveList } from './live-list.tsx';
import { ProviderTable } from './provider-table.tsx';
import { Totals } from './totals.tsx';

export function LiveView() {
  // Whether there is a task at all may change with any event.
  void frame.value;
  const total = Object.values(stats.value?.tasks ?? {}).reduce((sum, count) => sum + count, 0);
  const isKnown = isLoaded.value || board.size > 0;
  const isNew = isLoaded.value && total === 0 && board.size === 0;
  return (
    <>
      {fault.value !== undefined && <ErrorNote error={fault.value} scope="read" />}
      {isNew && <FirstStart />}
      <Tiles />
      {isKnown && !isNew && <ChartGrid />}
      {isKnown && <ProviderTable />}
      {isKnown && !isNew && <LiveList />}
      {isKnown && !isNew && <Totals />}
    </>
  );
}

/** Of the last five minutes. */
const tileSeconds = 300;

function Tiles() {
  void tick.value;
  const { tiles } = words.value;
  const { count, number, duration, cost } = bound();
  const tasks = stats.value?.tasks;
  const points = ended.recent(tileSeconds, Date.now());
  // What was ended in the last minute, rather than an average of five.
  const minute = ended.recent(60, Date.now());
  const perMinute = (minute.completed[0] ?? 0) + (minute.failed[0] ?? 0) + (minute.cancelled[0] ?? 0);
  const failed = (points.failed[0] ?? 0) * (tileSeconds / 60);
  const active = statuses.value?.reduce((sum, status) => sum + status.active, 0);
  const limit = statuses.value
    ?.filter(({ status }) => status !== 'disabled')
    .reduce((sum, status) => sum + status.concurrency_limit, 0);
  const pair = (first?: number | null, second?: number | null) =>
    first == null || second == null ? '–' : `${duration(first)} / ${duration(second)}`;
  const shown: [string, string, string?][] = [
    [tiles.queued, tasks ? count(tasks.queued) : '…', 'queued'],
    [tiles.processing, tasks ? count(tasks.processing) : '…', 'processing'],
    [tiles.slots, active === undefined ? '…' : tiles.ofSlots(count(active), count(limit ?? 0))],
    [tiles.throughput, number(perMinute), 'completed'],
    [tiles.failures, count(Math.round(failed)), failed > 0 ? 'failed' : undefined],
    [tiles.latency, pair(points.latencyP50[0], points.latencyP95[0])],
    [tiles.wait, pair(points.waitP50[0], points.waitP95[0])],
    [tiles.cost, cost(ended.totals.costUsd)],
  ];
  return (
    <dl class="tiles" aria-label={tiles.label}>
      {shown.map(([name, value, kind]) => (
        <div key={name} class={`tile ${kind ? `tile-${kind}` : ''}`}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function bound() {
  const own = formats.value;
  return {
    count: (value: number) => own.count(value),
    number: (value: number) => own.number(value),
    duration: (value: number) => own.brief(value),
    cost: (value: number) => own.cost(value),
  };
}
