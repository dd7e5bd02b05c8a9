import * as z from 'zod';

const share = z.coerce.number().min(0).max(1).default(0);

/** Query parameters of `simulated://default?…`, the base URL of a simulated provider. */
export const SimulationOptions = z.strictObject({
  /** Milliseconds before the answer, and how much they vary: 0.2 is ±20 %. */
  latency_ms: z.coerce.number().min(0).default(300),
  jitter: share,
  /** Milliseconds before the first piece of a stream, in place of `latency_ms`. */
  first_token_ms: z.coerce.number().min(0).optional(),
  /** Adds the time to write the answer; 0: none. */
  tokens_per_second: z.coerce.number().min(0).default(0),
  /** Length of a free text answer. */
  tokens: z.coerce.number().int().min(1).default(40),
  /** Shares of the calls that end in a 500, in a 429, in no valid JSON, or never. */
  error_rate: share,
  rate_limit_rate: share,
  invalid_rate: share,
  hang_rate: share,
  /** Share of the streams that break off after about half of the answer. */
  break_rate: share,
  /** The wait that a 429 asks for. */
  retry_after_ms: z.coerce.number().min(0).default(1_000),
  /** With a seed, the n-th call always ends the same way. */
  seed: z.string().optional(),
});
export type SimulationOptions = z.infer<typeof SimulationOptions>;

/** Reads the options of a base URL; throws an Error that names what is wrong. */
export function readSimulationOptions(baseUrl: string): SimulationOptions {
  const parsed = SimulationOptions.safeParse(Object.fromEntries(new URL(baseUrl).searchParams));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The simulated provider's base URL is wrong: ${faults.join('; ')}`);
}
