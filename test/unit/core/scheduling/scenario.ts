import * as fc from 'fast-check';
import { type Priority, priorities } from '../../../../core/tasks/task.ts';

/** One thing that happens from outside. `task` picks one of those submitted so far, by its place. */
export type Step =
  | {
      kind: 'submit';
      count: number;
      type: 'custom' | 'translation';
      priority: Priority;
      provider: 'kimi' | 'qwen';
      /** Equal tasks have the same one. */
      cacheKey: string | null;
      tokens: number;
      timeoutMs: number;
      /** They travel in their tickets, though whoever submits them may be mistaken in that. */
      isCarried: boolean;
    }
  /** A task is handed to its worker by a caller who waits; the caller may die before it sees to a task without a worker. */
  | {
      kind: 'hand';
      type: 'custom' | 'translation';
      provider: 'kimi' | 'qwen';
      cacheKey: string | null;
      tokens: number;
      dies: boolean;
    }
  | { kind: 'wait'; milliseconds: number }
  | { kind: 'crash'; executions: number }
  | { kind: 'cancel'; task: number }
  | { kind: 'reprioritize'; task: number; priority: Priority }
  /** Its message is delivered once more, with a ticket. */
  | { kind: 'duplicate'; task: number }
  | { kind: 'stray ticket'; provider: 'kimi' | 'qwen' }
  | { kind: 'lose'; what: 'tasks' | 'tickets'; provider: 'kimi' | 'qwen' };

export interface Scenario {
  /** Of latencies, faults and the providers' moods. */
  seed: number;
  executions: { kimi: number; qwen: number };
  globalLimit: number | undefined;
  kimiLimit: number | undefined;
  customLimit: number | undefined;
  requestsPerMinute: number | undefined;
  tokensPerMinute: number | undefined;
  longestCallMs: number;
  /** Shares of requests to DynamoDB and SQS that go wrong, and that take up to two seconds. */
  faults: number;
  slow: number;
  /** Shares of the providers' calls that fail. */
  kimiFails: number;
  qwenFails: number;
  /** Workers' clocks are up to so much ahead or behind. */
  skewMs: number;
  steps: Step[];
}

const provider = fc.constantFrom('kimi' as const, 'qwen' as const);
const priority = fc.constantFrom(...priorities);
const task = fc.nat({ max: 200 });
const minutes = (least: number, most: number) => fc.integer({ min: least * 60_000, max: most * 60_000 });

const submit = fc.record({
  kind: fc.constant('submit' as const),
  count: fc.integer({ min: 1, max: 8 }),
  type: fc.constantFrom('custom' as const, 'translation' as const),
  priority,
  provider,
  cacheKey: fc.oneof(
    { weight: 3, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constantFrom('one', 'other') },
  ),
  tokens: fc.constantFrom(100, 500, 2_000, 6_000),
  timeoutMs: fc.oneof({ weight: 1, arbitrary: minutes(0.1, 2) }, { weight: 3, arbitrary: minutes(5, 30) }),
  isCarried: fc.boolean(),
});

const hand = fc.record({
  kind: fc.constant('hand' as const),
  type: fc.constantFrom('custom' as const, 'translation' as const),
  provider,
  cacheKey: fc.constantFrom(null, null, 'one', 'other'),
  tokens: fc.constantFrom(100, 500, 2_000),
  dies: fc.boolean(),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: submit },
  { weight: 4, arbitrary: hand },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      milliseconds: fc.integer({ min: 250, max: 20_000 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('crash' as const),
      executions: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), task }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reprioritize' as const), task, priority }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('duplicate' as const), task }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('stray ticket' as const), provider }) },
);

const disaster: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('lose' as const),
  what: fc.constantFrom('tasks' as const, 'tickets' as const),
  provider,
});

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const few = (most: number) => fc.constantFrom(0, 0, most / 4, most);

const parts: fc.Arbitrary<Scenario> = fc.record({
  seed: fc.integer(),
  executions: fc.record({ kimi: fc.integer({ min: 1, max: 5 }), qwen: fc.integer({ min: 1, max: 5 }) }),
  globalLimit: maybe(fc.integer({ min: 1, max: 6 })),
  kimiLimit: maybe(fc.integer({ min: 1, max: 4 })),
  customLimit: maybe(fc.integer({ min: 1, max: 3 })),
  requestsPerMinute: maybe(fc.constantFrom(20, 60, 200)),
  tokensPerMinute: maybe(fc.constantFrom(8_000, 20_000, 60_000)),
  longestCallMs: fc.constantFrom(500, 3_000, 15_000, 70_000),
  faults: few(0.04),
  slow: few(0.2),
  kimiFails: few(0.6),
  qwenFails: few(0.6),
  skewMs: fc.constantFrom(0, 2_000),
  steps: fc.array(fc.oneof({ weight: 20, arbitrary: step }, { weight: 1, arbitrary: disaster }), {
    minLength: 3,
    maxLength: 30,
    size: 'max',
  }),
});

/**
 * Anything that may go wrong. Beside clocks that differ by four seconds no request may take long while tokens are limited:
 * four seconds is what the account of tokens allows for both.
 */
export const anyScenario: fc.Arbitrary<Scenario> = parts.map((scenario) => ({
  ...scenario,
  slow: scenario.tokensPerMinute !== undefined && scenario.skewMs > 0 ? 0 : scenario.slow,
}));

/** Nothing goes wrong: no fault, no failing provider, no crash, no lost or repeated message. */
export const calmScenario: fc.Arbitrary<Scenario> = anyScenario.map((scenario) => ({
  ...scenario,
  faults: 0,
  slow: 0,
  kimiFails: 0,
  qwenFails: 0,
  skewMs: 0,
  steps: scenario.steps.filter(({ kind }) => kind === 'submit' || kind === 'hand' || kind === 'wait'),
}));
