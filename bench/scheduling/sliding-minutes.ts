const minuteMs = 60_000;

export interface Arrival {
  /** Epoch milliseconds. */
  startedAt: number;
  /** 1 for a call, or its tokens. */
  weight: number;
}

export interface Minutes {
  /** Of all minutes, wherever they begin. */
  most: number;
  /** Of all minutes that end before the last arrival, since then something waited all the time. */
  fewest: number;
  /** Of what arrived in a minute, on average, from the first arrival to the last. */
  mean: number;
}

/** What arrived in any minute. */
export function slidingMinutes(arrivals: readonly Arrival[]): Minutes {
  const sorted = arrivals.toSorted((one, other) => one.startedAt - other.startedAt);
  const [first, last] = [sorted[0]?.startedAt ?? 0, sorted.at(-1)?.startedAt ?? 0];
  let most = 0;
  let fewest = Number.POSITIVE_INFINITY;
  let sum = 0;
  let end = 0;
  for (const [from, { startedAt, weight }] of sorted.entries()) {
    // The fullest minutes begin with an arrival, the emptiest right after one.
    for (; (sorted[end]?.startedAt ?? Number.POSITIVE_INFINITY) < startedAt + minuteMs; end += 1)
      sum += sorted[end]?.weight ?? 0;
    most = Math.max(most, sum);
    sum -= sorted[from]?.weight ?? weight;
    if (startedAt + minuteMs <= last) fewest = Math.min(fewest, sum);
  }
  const total = sorted.slice(0, -1).reduce((all, { weight }) => all + weight, 0);
  return { most, fewest, mean: (total / (last - first)) * minuteMs };
}
