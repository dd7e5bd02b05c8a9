import { computeCost } from '../../core/providers/compute-cost.ts';
import type { Strategy } from '../../core/tasks/task.ts';
import { percentile } from '../percentile.ts';
import type { Fleet } from './fleet.ts';
import type { EndedTask, TokenCounts } from './routing-service.ts';
import type { Bench, Measure, Scenario } from './scenario.ts';
import { drain, submitSteadily } from './workload.ts';

async function runStrategy(bench: Bench, strategy: Strategy): Promise<EndedTask[]> {
  const { service, tasks, rate, tell } = bench;
  const accepted = await submitSteadily(service, tasks, rate, { strategy }, tell);
  await drain(service, accepted, 600_000, tell);
  return service.list();
}

/** USD of these tokens at the cheapest model of the fleet. */
function cheapest(fleet: Fleet, { prompt_tokens, completion_tokens }: TokenCounts): number {
  const usage = { promptTokens: prompt_tokens, completionTokens: completion_tokens };
  return Math.min(
    ...fleet.members.flatMap(({ definition }) => definition.models.map((model) => computeCost(model, usage))),
  );
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(2)} s`;

/** Measures of every strategy's run, beside its own. */
function common(strategy: Strategy, tasks: EndedTask[], fleet: Fleet): Measure[] {
  const completed = tasks.filter(({ status }) => status === 'completed');
  const shares = new Map<string, number>();
  for (const { model } of completed) if (model) shares.set(model, (shares.get(model) ?? 0) + 1);
  const top = [...shares].sort(([, a], [, b]) => b - a).slice(0, 3);
  const share = ([model, count]: [string, number]) =>
    `${model} ${((100 * count) / tasks.length).toFixed(0)} %`;
  const latency = completed.map(
    ({ completed_at, created_at }) => Date.parse(completed_at ?? '') - Date.parse(created_at),
  );
  const quality = completed.map(
    (task) =>
      fleet.members.flatMap(({ definition }) => definition.models).find(({ name }) => name === task.model)
        ?.quality ?? 0,
  );
  const cost = sum(completed.map(({ result }) => result?.cost_usd ?? 0));
  return [
    {
      what: `${strategy}: tasks completed`,
      bar: `all ${tasks.length}`,
      measured: String(completed.length),
      met: completed.length === tasks.length,
    },
    {
      what: `${strategy}: cost, p50 from acceptance to end, mean quality, models`,
      bar: 'told',
      measured: `$${cost.toFixed(4)}, ${seconds(percentile(latency, 0.5))}, ${(sum(quality) / quality.length).toFixed(3)}, ${top.map(share).join(', ')}`,
      met: true,
    },
  ];
}

const cost: Scenario = {
  name: 'cost',
  async run(bench) {
    const tasks = await runStrategy(bench, 'cost');
    const results = tasks.flatMap(({ result }) => (result ? [result] : []));
    const spent = sum(results.map(({ cost_usd }) => cost_usd));
    const possible = sum(results.map(({ usage }) => cheapest(bench.fleet, usage)));
    const measure = {
      what: 'cost: spent ÷ the cheapest possible',
      bar: '≤ 1.05',
      measured: `${(spent / possible).toFixed(3)} ($${spent.toFixed(4)})`,
      met: spent / possible <= 1.05,
    };
    return [measure, ...common('cost', tasks, bench.fleet)];
  },
};

const speed: Scenario = {
  name: 'speed',
  async run(bench) {
    const tasks = await runStrategy(bench, 'speed');
    // What the fastest server took by itself, from the request's arrival to the answer.
    const own = await Promise.all(
      bench.fleet.members.map(async (member) => {
        const { calls } = await member.report();
        const fastest = Math.min(...Object.values(member.behaviour.latencyMs));
        const answered = calls.filter(
          ({ status, model }) => status === 200 && member.behaviour.latencyMs[model] === fastest,
        );
        const times = answered.flatMap(({ startedAt, endedAt }) => (endedAt ? [endedAt - startedAt] : []));
        return times.length > 20 ? percentile(times, 0.5) : fastest;
      }),
    );
    const fastest = Math.min(...own);
    const latency = percentile(
      tasks.flatMap(({ result }) => (result ? [result.latency_ms] : [])),
      0.5,
    );
    const whole = percentile(
      tasks.map(({ completed_at, created_at }) => Date.parse(completed_at ?? '') - Date.parse(created_at)),
      0.5,
    );
    const bar = (what: string, value: number): Measure => ({
      what: `speed: p50 ${what} ÷ the fastest provider's own p50 of ${seconds(fastest)}`,
      bar: '≤ 1.15',
      measured: `${(value / fastest).toFixed(3)} (${seconds(value)})`,
      met: value / fastest <= 1.15,
    });
    return [
      bar('of the call', latency),
      bar('from acceptance to end', whole),
      ...common('speed', tasks, bench.fleet),
    ];
  },
};

const quality: Scenario = {
  name: 'quality',
  async run(bench) {
    const tasks = await runStrategy(bench, 'quality');
    const best = bench.fleet.members
      .flatMap(({ definition }) => definition.models)
      .reduce((one, other) => (other.quality > one.quality ? other : one));
    const share = tasks.filter(({ model }) => model === best.name).length / tasks.length;
    const measure = {
      what: `quality: share of tasks at the best model, ${best.name}`,
      bar: 'told',
      measured: `${(100 * share).toFixed(1)} %`,
      met: true,
    };
    return [measure, ...common('quality', tasks, bench.fleet)];
  },
};

const balanced: Scenario = {
  name: 'balanced',
  async run(bench) {
    return common('balanced', await runStrategy(bench, 'balanced'), bench.fleet);
  },
};

export const strategies = [cost, speed, quality, balanced];
