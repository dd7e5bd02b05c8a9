import { percentile } from '../percentile.ts';
import type { ReconnectingClient } from '../reconnecting-client.ts';
import type { FlakyReceiver } from './flaky-receiver.ts';

export interface Measure {
  what: string;
  /** What it must be; empty where it is only shown. */
  bar: string;
  measured: string;
  met?: boolean;
}

export interface Run {
  clients: ReconnectingClient[];
  receiver: FlakyReceiver;
  missing: { finals: number; batches: number; webhooks: number };
  /** Tasks and batches, each of which has a webhook. */
  subjects: number;
  replayed: number;
  /** Milliseconds from a change to its frame, for the tasks at once and for those at `rate` a second. */
  latencies: { atOnce: number[]; paced: number[] };
  rate: number;
  seconds: number;
}

export function measure(run: Run): Measure[] {
  const { clients, receiver, missing, subjects, replayed, latencies, rate, seconds } = run;
  const sum = (pick: (client: ReconnectingClient) => number) =>
    clients.reduce((total, client) => total + pick(client), 0);
  const zero = (what: string, count: number): Measure => ({
    what,
    bar: '0',
    measured: String(count),
    met: count === 0,
  });
  const told = (what: string, measured: string | number): Measure => ({
    what,
    bar: '',
    measured: String(measured),
  });
  return [
    zero('final events that a client subscribed to the task never got', missing.finals),
    zero('batch.completed that a client subscribed to the batch never got', missing.batches),
    zero('webhooks never delivered', missing.webhooks),
    zero('webhooks whose signature did not verify', receiver.unsigned),
    zero('redirects followed', receiver.followed),
    told('webhooks delivered', `${receiver.subjects.size} of ${subjects}`),
    told('webhook requests', receiver.requests),
    told('answered 503 / never / 302', `${receiver.failed} / ${receiver.hung} / ${receiver.redirected}`),
    told('delivered again after a 2xx', receiver.repeated),
    told('given up after 7 tries and replayed by the script', replayed),
    told(
      'frames',
      sum((client) => client.frames),
    ),
    told(
      'duplicates dropped',
      sum((client) => client.duplicates),
    ),
    told(
      'frames below a version seen, dropped',
      sum((client) => client.late),
    ),
    told(
      'reconnects',
      sum((client) => client.reconnects),
    ),
    told(
      'replays that ended early, asked for again',
      sum((client) => client.incomplete),
    ),
    within(`change to frame, p50 / p95 / p99, ${rate} tasks a second`, latencies.paced, 80),
    within('change to frame, p50 / p95 / p99, the others at once', latencies.atOnce, 15_000),
    told('duration', `${seconds.toFixed(0)} s`),
  ];
}

/** @param bar milliseconds that the 95th percentile may be, on a machine that does nothing else */
function within(what: string, values: number[], bar: number): Measure {
  const met = values.length === 0 || percentile(values, 0.95) <= bar;
  return { what, bar: `p95 up to ${bar} ms`, measured: percentiles(values), met };
}

export function printTable(measures: Measure[]): void {
  const width = Math.max(...measures.map(({ what }) => what.length));
  for (const { what, bar, measured, met } of measures) {
    const verdict = met === undefined ? '' : met ? `  (must be ${bar})` : `  FAILED: must be ${bar}`;
    console.log(`${what.padEnd(width)}  ${measured}${verdict}`);
  }
}

function percentiles(values: number[]): string {
  if (values.length === 0) return 'none';
  return `${[0.5, 0.95, 0.99].map((share) => percentile(values, share)).join(' / ')} ms (${values.length} frames)`;
}
