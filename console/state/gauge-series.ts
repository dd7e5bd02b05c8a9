import type { ProviderStatus } from '../../client/wire.ts';

/** Of all providers together, at one look. */
export interface Gauge {
  /** Seconds since 1970. */
  at: number;
  high: number;
  normal: number;
  low: number;
  active: number;
}

export interface GaugePoints {
  at: number[];
  high: (number | null)[];
  normal: (number | null)[];
  low: (number | null)[];
  active: (number | null)[];
}

/** Queues and slots over time, as often as they were looked at. */
export class GaugeSeries {
  readonly #seconds: number;
  #gauges: Gauge[] = [];

  constructor(seconds = 900) {
    this.#seconds = seconds;
  }

  add(statuses: readonly ProviderStatus[], now: number): void {
    const sum = (pick: (status: ProviderStatus) => number) =>
      statuses.reduce((total, status) => total + pick(status), 0);
    this.#gauges.push({
      at: now / 1000,
      high: sum(({ queued }) => queued.high),
      normal: sum(({ queued }) => queued.normal),
      low: sum(({ queued }) => queued.low),
      active: sum(({ active }) => active),
    });
    const first = this.#gauges.findIndex(({ at }) => at > now / 1000 - this.#seconds);
    if (first > 0) this.#gauges = this.#gauges.slice(first);
  }

  /** The last `span` seconds in `steps`: each the largest look of its time, and before the first look nothing. */
  points(span: number, steps: number, now: number): GaugePoints {
    const length = span / steps;
    const end = Math.floor(now / 1000 / length) * length;
    const points: GaugePoints = { at: [], high: [], normal: [], low: [], active: [] };
    let last: Gauge | undefined;
    let next = 0;
    for (let step = steps; step > 0; step -= 1) {
      const until = end - (step - 1) * length;
      let most: Gauge | undefined;
      for (let gauge = this.#gauges[next]; gauge && gauge.at < until; gauge = this.#gauges[++next]) {
        if (!most || total(gauge) >= total(most)) most = gauge;
        last = gauge;
      }
      const shown = most ?? last;
      points.at.push(until);
      points.high.push(shown?.high ?? null);
      points.normal.push(shown?.normal ?? null);
      points.low.push(shown?.low ?? null);
      points.active.push(shown?.active ?? null);
    }
    return points;
  }
}

function total({ high, normal, low, active }: Gauge): number {
  return high + normal + low + active;
}
