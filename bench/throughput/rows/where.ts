import { measureRun, warmUp } from '../measure-run.ts';
import { threadCpuMsOf } from '../process-figures.ts';
import { partsOf } from '../profile-parts.ts';
import type { Figure, Row } from '../row.ts';
import { startServiceQueue } from '../service-queue.ts';
import { type CpuProfile, hostThread } from '../threads.ts';

const count = 600;
/** Smaller ones are summed up. */
const leastMs = 0.1;

/** Where the service's time goes: by function, then within the host and within the functions by a profile of a second run. */
export const where: Row = {
  name: 'where',
  async run({ provider, tell }) {
    const queue = await startServiceQueue({ provider: provider.baseUrls.local, limit: 20 });
    const run = () =>
      measureRun(queue, provider, () => queue.submitAll(Array.from({ length: count }, () => ({}))));
    try {
      await warmUp(queue, provider, 600);
      await provider.reset({ serviceMs: 0 });
      tell('by thread');
      const cpu = async () => ({
        ...(await queue.ask<Record<string, number>>('threads')),
        ...nativeThreads(queue.pid),
      });
      const before: Record<string, number> = await cpu();
      await run();
      const byThread = Object.entries(await cpu()).map(
        ([name, ms]) => [`CPU of a task, ${name}`, (ms - (before[name] ?? 0)) / count] as const,
      );
      tell('by profile');
      await queue.ask('profile');
      await run();
      const profiles = await queue.ask<{ name: string; profile: CpuProfile }[]>('profiled');
      return [
        ...list(byThread),
        ...list(
          sumUp(
            'host',
            profiles.filter(({ name }) => name === hostThread),
          ),
        ),
        ...list(
          sumUp(
            'functions',
            profiles.filter(({ name }) => name !== hostThread),
          ),
        ),
      ];
    } finally {
      await queue.stop();
    }
  },
};

/** Threads beside those of JavaScript. */
function nativeThreads(pid: number): Record<string, number> {
  const threads = threadCpuMsOf(pid);
  return {
    'compiler and garbage collector': threads.get('V8Worker') ?? 0,
    'writes to the disk': threads.get('libuv-worker') ?? 0,
  };
}

function sumUp(title: string, profiles: { profile: CpuProfile }[]): [string, number][] {
  const sums = new Map<string, number>();
  for (const { profile } of profiles)
    for (const [part, ms] of partsOf(profile))
      sums.set(`${title}: ${part}`, (sums.get(`${title}: ${part}`) ?? 0) + ms / count);
  return [...sums];
}

/** The largest first. */
function list(parts: (readonly [what: string, ms: number])[]): Figure[] {
  const large = parts.filter(([, ms]) => ms >= leastMs).toSorted(([, one], [, other]) => other - one);
  const rest = parts.filter(([, ms]) => ms < leastMs).reduce((sum, [, ms]) => sum + ms, 0);
  return [...large, ...(rest > 0 ? [['the rest', rest] as const] : [])].map(([what, value]) => ({
    what,
    value,
    unit: 'ms',
  }));
}
