import * as z from 'zod';
import { type RoutingCandidate, type RoutingDecision, strategies } from '../core/tasks/task.ts';
import { jsonText } from './parse-item.ts';

/** A newer version may add members at the end. */
const more = z.unknown();
/** JSON has null for a number that is not finite. */
const amount = z.number().catch(0);

/** provider, model, score, cost_usd, wait_ms, latency_ms, quality, error_rate */
const PackedCandidate = z.tuple(
  [z.string(), z.string(), amount, amount, amount, amount, amount, amount],
  more,
);
type PackedCandidate = z.input<typeof PackedCandidate>;

/** Strategy, 1 where pinned, ranking, excluded. Tuples, because names of members would double the row. */
const PackedRouting = z.tuple(
  [
    z.enum(strategies),
    z.literal([0, 1]),
    z.array(PackedCandidate),
    z.array(z.object({ provider: z.string(), model: z.string().optional(), reason: z.string() })),
  ],
  more,
);
type PackedRouting = z.input<typeof PackedRouting>;

/** A RoutingDecision as JSON text in the row of its task. */
export const StoredRouting = jsonText(PackedRouting.transform(unpack));

const keptCandidates = 5;

export function writeRouting({ strategy, pinned, ranking, excluded }: RoutingDecision): string {
  const candidates = ranking.slice(0, keptCandidates).map(packCandidate);
  const packed: PackedRouting = [strategy, pinned ? 1 : 0, candidates, excluded];
  return JSON.stringify(packed);
}

function packCandidate({ provider, model, score, reasons }: RoutingCandidate): PackedCandidate {
  return [
    provider,
    model,
    Number(score.toFixed(3)),
    Number(reasons.cost_usd.toPrecision(3)),
    Math.round(reasons.wait_ms),
    Math.round(reasons.latency_ms),
    reasons.quality,
    Number((reasons.error_rate ?? 0).toPrecision(2)),
  ];
}

function unpack([strategy, pinned, ranking, excluded]: z.output<typeof PackedRouting>): RoutingDecision {
  return {
    strategy,
    pinned: pinned === 1,
    ranking: ranking.map(([provider, model, score, cost_usd, wait_ms, latency_ms, quality, error_rate]) => ({
      provider,
      model,
      score,
      reasons: { cost_usd, wait_ms, latency_ms, quality, error_rate },
    })),
    excluded,
  };
}
