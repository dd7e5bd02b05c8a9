import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second in /proc, on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** CPU that a process and all its threads used so far, in milliseconds. Linux alone: NaN elsewhere. */
export function cpuMsOf(pid: number): number {
  return cpuMsIn(readProc(pid, 'stat'));
}

/** The same by the names of the process's threads. */
export function threadCpuMsOf(pid: number): Map<string, number> {
  const sums = new Map<string, number>();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const name = readProc(pid, `task/${thread}/comm`)?.trim() ?? '';
    sums.set(name, (sums.get(name) ?? 0) + cpuMsIn(readProc(pid, `task/${thread}/stat`)));
  }
  return sums;
}

function cpuMsIn(stat: string | undefined): number {
  if (stat === undefined) return Number.NaN;
  // What is behind the name, which may hold anything, begins with the third field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / ticksPerSecond;
}

/** Resident memory of a process in MiB; NaN where there is no /proc. */
export function residentMibOf(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readProc(pid, 'status') ?? '') ?? [];
  return Number(kib) / 1_024;
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}
