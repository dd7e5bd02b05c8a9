import type { CallRecord } from './fleet.ts';
import type { Bench, Measure, Scenario } from './scenario.ts';
import { watchCircuit } from './watch-circuit.ts';
import { drain, makeTask, submitSteadily } from './workload.ts';

async function callsOf(bench: Bench): Promise<CallRecord[]> {
  const reports = await Promise.all(bench.fleet.members.map((member) => member.report()));
  return reports.flatMap(({ calls }) => calls);
}

function countFailed(what: string, tasks: { status: string }[]): Measure {
  const failed = tasks.filter(({ status }) => status !== 'completed').length;
  return {
    what: `${what}: tasks not completed`,
    bar: '0',
    measured: `${failed} of ${tasks.length}`,
    met: failed === 0,
  };
}

/** The provider that the strategy prefers fails every call from second 5 to 20. */
const outage: Scenario = {
  name: 'outage',
  async run(bench) {
    const { service, tell, rate } = bench;
    const qwen = bench.fleet.member('qwen');
    await qwen.control({ errorRate: 0, down: { fromMs: 5_000, untilMs: 20_000 } });
    const circuit = watchCircuit(service, 'qwen');
    const accepted = await submitSteadily(service, Math.round(40 * rate), rate, { strategy: 'cost' }, tell);
    await drain(service, accepted, 300_000, tell);
    const open = await circuit.stop();
    const tasks = await service.list();

    const isWithin = ({ startedAt }: CallRecord) =>
      open.some(({ from, until }) => startedAt > from && startedAt < until);
    const all = (await callsOf(bench)).filter(isWithin).length;
    const { calls, startedAt } = await qwen.report();
    const its = calls.filter(isWithin).length;
    const down = calls.filter(
      (call) => call.startedAt >= startedAt + 5_000 && call.startedAt < startedAt + 20_000,
    );
    const recovered = tasks.filter(
      (task) => task.provider === 'qwen' && Date.parse(task.created_at) > startedAt + 22_000,
    );
    return [
      countFailed('outage', tasks),
      {
        what: 'outage: its share of the calls while its circuit was open',
        bar: '≤ 2 %',
        measured: `${((100 * its) / Math.max(all, 1)).toFixed(2)} % (${its} of ${all})`,
        met: open.length > 0 && its / Math.max(all, 1) <= 0.02,
      },
      {
        what: 'outage: calls it got in its 15 s of failing; circuit opened after; used again afterwards',
        bar: 'told',
        measured: `${down.length}; ${((open[0]?.from ?? 0) - startedAt - 5_000) / 1000} s; ${recovered.length} tasks`,
        met: recovered.length > 0,
      },
    ];
  },
};

/** Milliseconds from an answer until every worker can know of it. */
const underWayMs = 150;

/** The preferred provider answers 429 with Retry-After for 2 of every 6 seconds. */
const retryAfter: Scenario = {
  name: 'retry-after',
  async run(bench) {
    const { service, tell, rate } = bench;
    const qwen = bench.fleet.member('qwen');
    await qwen.control({ errorRate: 0, limits: { everyMs: 6_000, forMs: 2_000 } });
    const accepted = await submitSteadily(service, Math.round(40 * rate), rate, { strategy: 'cost' }, tell);
    await drain(service, accepted, 300_000, tell);
    const tasks = await service.list();

    const { calls } = await qwen.report();
    const refused = calls.filter(({ status }) => status === 429);
    // For each call, how long before it a wait was first asked for that was not over yet.
    const lateBy = calls.flatMap(({ startedAt }) => {
      const said = refused
        .filter(({ endedAt, retryUntil }) => (endedAt ?? 0) < startedAt && startedAt < (retryUntil ?? 0))
        .map(({ endedAt }) => startedAt - (endedAt ?? 0));
      return said.length > 0 ? [Math.max(...said)] : [];
    });
    const early = lateBy.filter((milliseconds) => milliseconds > underWayMs).length;
    return [
      countFailed('retry-after', tasks),
      {
        what: `retry-after: calls before a Retry-After was over, later than ${underWayMs} ms after its answer`,
        bar: '0',
        measured: `${early} of ${calls.length} (${lateBy.length - early} were under way; the last ${Math.max(0, ...lateBy)} ms after; ${refused.length} answers were 429)`,
        met: early === 0 && refused.length > 0,
      },
    ];
  },
};

const identical: Scenario = {
  name: 'identical',
  async run(bench) {
    const { service, tell } = bench;
    const task = makeTask(1, { cache_enabled: true });
    await service.submitBatch(Array.from({ length: 100 }, () => task));
    await drain(service, 100, 60_000, tell);
    const tasks = await service.list();
    const calls = (await callsOf(bench)).filter(({ status }) => status === 200);
    const cached = tasks.filter(({ result }) => result?.cached).length;
    return [
      countFailed('identical', tasks),
      {
        what: 'identical: provider calls for 100 equal tasks at once',
        bar: '1',
        measured: `${calls.length} (${cached} results from the cache)`,
        met: calls.length === 1,
      },
    ];
  },
};

export const failures = [outage, retryAfter, identical];
