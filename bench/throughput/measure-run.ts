import { percentile } from '../percentile.ts';
import type { RecordingProvider } from '../scheduling/provider-report.ts';
import { cpuMsOf } from './process-figures.ts';
import type { Queue } from './queue.ts';

export interface Run {
  /** From the first byte handed in to the end of the last task. */
  seconds: number;
  handedInMs: number;
  /** Milliseconds of CPU by process, this one as `client`. */
  cpuMs: Record<string, number>;
}

/** Hands tasks in by `submit` and waits for their end. */
export async function measureRun(
  queue: Queue,
  provider: RecordingProvider,
  submit: () => Promise<unknown>,
): Promise<Run> {
  const cpu = () => ({
    ...queue.cpu(),
    provider: cpuMsOf(provider.pid),
    client: cpuMsOf(process.pid),
  });
  const before = cpu();
  const startedAt = Date.now();
  await submit();
  const handedInMs = Date.now() - startedAt;
  const endedAt = await queue.drain();
  const cpuMs = Object.fromEntries(
    Object.entries(cpu()).map(([name, ms]) => [name, ms - (before[name as keyof typeof before] ?? 0)]),
  );
  return { seconds: (endedAt - startedAt) / 1_000, handedInMs, cpuMs };
}

/** Runs so many tasks before anything is measured: what was started, compiled and connected then is warm. */
export async function warmUp(queue: Queue, provider: RecordingProvider, count: number): Promise<void> {
  await provider.reset({ serviceMs: 20 });
  await queue.submitAll(Array.from({ length: count }, () => ({})));
  await queue.drain();
}

export const spread = (values: number[]) => ({ p50: percentile(values, 0.5), p95: percentile(values, 0.95) });
