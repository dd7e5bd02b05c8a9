import { quantile } from './quantile.ts';
import type { TaskRow } from './task-board.ts';

interface Second {
  at: number;
  completed: number;
  failed: number;
  cancelled: number;
  costUsd: number;
  promptTokens: number;
  completionTokens: number;
  latencies: number[];
  waits: number[];
}

/** What a chart draws: a value for each step, `null` where there is none. Times in seconds since 1970. */
export interface Points {
  at: number[];
  completed: number[];
  failed: number[];
  cancelled: number[];
  latencyP50: (number | null)[];
  latencyP95: (number | null)[];
  waitP50: (number | null)[];
  waitP95: (number | null)[];
  costUsd: number[];
  promptTokens: number[];
  completionTokens: number[];
}

export interface EndedTask {
  row: TaskRow;
  promptTokens: number;
  completionTokens: number;
}

/** Of one second: enough for a median, and a bound for memory. */
const mostSamples = 100;

/** What ended in each of the last seconds, of the time that the page is open. */
export class EndedSeries {
  readonly #seconds: number;
  readonly #ring = new Map<number, Second>();
  /** Since the page was opened. */
  readonly totals = { completed: 0, failed: 0, cancelled: 0, costUsd: 0, tokens: 0 };

  constructor(seconds = 900) {
    this.#seconds = seconds;
  }

  /** @param now milliseconds; a service whose clock is ahead does not write into the future */
  add({ row, promptTokens, completionTokens }: EndedTask, now: number): void {
    const { status } = row;
    if (status !== 'completed' && status !== 'failed' && status !== 'cancelled') return;
    this.totals[status] += 1;
    this.totals.costUsd += row.costUsd ?? 0;
    this.totals.tokens += promptTokens + completionTokens;
    const at = Math.floor(Math.min(row.endedAt ?? now, now) / 1000);
    if (at <= now / 1000 - this.#seconds) return;
    const second = this.#second(at);
    second[status] += 1;
    second.costUsd += row.costUsd ?? 0;
    second.promptTokens += promptTokens;
    second.completionTokens += completionTokens;
    if (row.latencyMs) keep(second.latencies, row.latencyMs);
    if (row.queuedAt !== undefined && row.startedAt !== undefined)
      keep(second.waits, Math.max(0, row.startedAt - row.queuedAt));
    this.#forget(now);
  }

  /**
   * The last `span` seconds in `steps` of equal length, the youngest last. Counts, costs and tokens are per minute; the
   * second that is under way is left out.
   */
  points(span: number, steps: number, now: number): Points {
    const length = span / steps;
    const end = Math.floor(now / 1000 / length) * length;
    const points = emptyPoints();
    for (let step = steps; step > 0; step -= 1) {
      const from = end - step * length;
      addPoint(points, from + length, this.#between(from, from + length), 60 / length);
    }
    return points;
  }

  /** The last `span` seconds as one step, up to the second that is under way. */
  recent(span: number, now: number): Points {
    const points = emptyPoints();
    const end = Math.floor(now / 1000);
    addPoint(points, end, this.#between(end - span, end), 60 / span);
    return points;
  }

  #between(from: number, until: number): Second[] {
    const seconds: Second[] = [];
    for (let at = from; at < until; at += 1) {
      const second = this.#ring.get(at);
      if (second) seconds.push(second);
    }
    return seconds;
  }

  #second(at: number): Second {
    const known = this.#ring.get(at);
    if (known) return known;
    const counts = {
      completed: 0,
      failed: 0,
      cancelled: 0,
      costUsd: 0,
      promptTokens: 0,
      completionTokens: 0,
    };
    const second: Second = { at, ...counts, latencies: [], waits: [] };
    this.#ring.set(at, second);
    return second;
  }

  #forget(now: number): void {
    for (const [at] of this.#ring) {
      if (at > now / 1000 - this.#seconds) return;
      this.#ring.delete(at);
    }
  }
}

function addPoint(points: Points, at: number, seconds: readonly Second[], perMinute: number): void {
  const sum = (pick: (second: Second) => number) =>
    seconds.reduce((total, second) => total + pick(second), 0) * perMinute;
  const latencies = seconds.flatMap((second) => second.latencies);
  const waits = seconds.flatMap((second) => second.waits);
  points.at.push(at);
  points.completed.push(sum((second) => second.completed));
  points.failed.push(sum((second) => second.failed));
  points.cancelled.push(sum((second) => second.cancelled));
  points.costUsd.push(sum((second) => second.costUsd));
  points.promptTokens.push(sum((second) => second.promptTokens));
  points.completionTokens.push(sum((second) => second.completionTokens));
  points.latencyP50.push(quantile(latencies, 0.5));
  points.latencyP95.push(quantile(latencies, 0.95));
  points.waitP50.push(quantile(waits, 0.5));
  points.waitP95.push(quantile(waits, 0.95));
}

function emptyPoints(): Points {
  return {
    at: [],
    completed: [],
    failed: [],
    cancelled: [],
    latencyP50: [],
    latencyP95: [],
    waitP50: [],
    waitP95: [],
    costUsd: [],
    promptTokens: [],
    completionTokens: [],
  };
}

/** Of more than are kept, each is as likely to be among them (reservoir sampling needs a count; a late one wins here). */
function keep(samples: number[], value: number): void {
  if (samples.length < mostSamples) samples.push(value);
  else samples[Math.floor(Math.random() * mostSamples)] = value;
}
