import { Session } from 'node:inspector/promises';
import type { Worker } from 'node:worker_threads';

/** As V8 writes it: https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
export interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string }; children?: number[] }[];
  samples?: number[];
  timeDeltas?: number[];
}

/** The thread that is none of a function: the host and its services. */
export const hostThread = 'host';

const workers = new Set<Worker>();

/** The execution environments of functions are threads that bear their names. Called before the first starts. */
export function watchThreads(): void {
  process.on('worker', (worker) => {
    workers.add(worker);
    worker.once('exit', () => workers.delete(worker));
  });
}

/** Milliseconds of CPU so far, by the name of the function; environments that have ended are left out. */
export async function threadCpuMs(): Promise<Record<string, number>> {
  const sums: Record<string, number> = { [hostThread]: toMs(process.threadCpuUsage()) };
  for (const worker of [...workers]) {
    const name = worker.threadName ?? '';
    const usage = await worker.cpuUsage().catch(() => undefined);
    if (usage) sums[name] = (sums[name] ?? 0) + toMs(usage);
  }
  return sums;
}

/** Profiles every thread there is. What is returned ends that, and answers the profiles by name. */
export async function startThreadProfiles(): Promise<() => Promise<{ name: string; profile: CpuProfile }[]>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  const handles = await Promise.all(
    [...workers].map(async (worker) => ({
      name: worker.threadName ?? '',
      handle: await worker.startCpuProfile(),
    })),
  );
  return async () => {
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    const ofWorkers = await Promise.all(
      handles.map(async ({ name, handle }) => ({
        name,
        profile: JSON.parse(await handle.stop()) as CpuProfile,
      })),
    );
    return [{ name: hostThread, profile }, ...ofWorkers];
  };
}

const toMs = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1_000;
