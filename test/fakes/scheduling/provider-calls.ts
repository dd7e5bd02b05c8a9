import { textDelta } from '../../../core/answers/told.ts';
import type { AttemptReport, RunAttempt } from '../../../core/attempts/attempt.ts';
import type { ChatDelta } from '../../../core/attempts/chat.ts';
import type { Task } from '../../../core/tasks/task.ts';

/** One execution of a worker; a power cut makes it dead at once. */
export interface WorkerProcess {
  isAlive: boolean;
}

/** A call as its provider sees it: when it came, until when it was under way, what it costs. */
export interface Call {
  task: Task;
  startedAt: number;
  endedAt: number | undefined;
  /** Of a call that was cut off: what it was charged for. */
  tokens: number;
}

const minuteMs = 60_000;

/** The providers: calls take their time, and are counted where they arrive. */
export function createProviderCalls(options: {
  callMs?: number | ((task: Task) => number);
  answer?: (task: Task, call: number) => Partial<AttemptReport>;
  /** The answer of a call that is streamed: a piece every so many ms. */
  pieces?: { texts: string[]; everyMs: number };
}) {
  const calls: Call[] = [];
  const counted = new Map<string, { most: number; now: number }>();
  const underWay = new Map<Call, () => void>();

  function count(name: string, by: 1 | -1): void {
    const counter = counted.get(name) ?? { most: 0, now: 0 };
    counter.now += by;
    counter.most = Math.max(counter.most, counter.now);
    counted.set(name, counter);
  }

  /** Whether it was cut off before its end. */
  function last(call: Call, process: WorkerProcess, signal: AbortSignal): Promise<boolean> {
    const { callMs = 1_000 } = options;
    return new Promise((resolve) => {
      const milliseconds = typeof callMs === 'function' ? callMs(call.task) : callMs;
      const timer = setTimeout(() => resolve(false), milliseconds);
      const cutOff = () => {
        clearTimeout(timer);
        resolve(true);
      };
      signal.addEventListener('abort', cutOff);
      underWay.set(call, () => !process.isAlive && cutOff());
    });
  }

  function tellPieces(
    process: WorkerProcess,
    signal: AbortSignal,
    onDelta: (delta: ChatDelta) => void,
  ): void {
    const { texts = [], everyMs = 0 } = options.pieces ?? {};
    for (const [index, text] of texts.entries())
      setTimeout(() => process.isAlive && !signal.aborted && onDelta(textDelta(text)), (index + 1) * everyMs);
  }

  const runAttemptOf =
    (process: WorkerProcess): RunAttempt =>
    async (task, _input, signal, _beforeRepair, onDelta) => {
      const levels = ['all', `provider ${task.provider}`, `type ${task.type}`];
      const call: Call = {
        task,
        startedAt: Date.now(),
        endedAt: undefined,
        tokens: task.estimatedTokens,
      };
      calls.push(call);
      const report = reportOf(task);
      for (const level of levels) count(level, 1);
      if (onDelta) tellPieces(process, signal, onDelta);
      const wasCutOff = await last(call, process, signal);
      underWay.delete(call);
      for (const level of levels) count(level, -1);
      call.endedAt = Date.now();
      if (!process.isAlive) return new Promise<never>(() => {});
      if (wasCutOff) throw signal.reason;
      call.tokens = report.usage ? report.usage.promptTokens + report.usage.completionTokens : 0;
      return report;
    };

  function reportOf(task: Task): AttemptReport {
    const usage = { promptTokens: task.estimatedTokens, completionTokens: 0 };
    const result = {
      content: task.taskId,
      finishReason: 'stop',
      cached: false,
      usage,
      costUsd: 1,
      latencyMs: 1_000,
    };
    return {
      outcome: { kind: 'completed', result },
      usage,
      costUsd: 1,
      failure: undefined,
      holdBackMs: undefined,
      ...options.answer?.(task, calls.filter((each) => each.task.taskId === task.taskId).length),
    };
  }

  return {
    calls,
    runAttemptOf,
    /** Most calls at once: `all`, `provider <name>`, `type <name>`. */
    mostAtOnce: (name: string) => counted.get(name)?.most ?? 0,
    /** Ends the calls of dead processes: nobody hears their answers. */
    cutOffDead(): void {
      for (const [, end] of underWay) end();
    },
    /** The most of something in any sixty seconds, over the calls of one provider. */
    mostInAMinute(provider: string, of: (call: Call) => number): number {
      const own = calls.filter(({ task }) => task.provider === provider);
      const sums = own.map(({ startedAt: from }) =>
        own.reduce(
          (sum, call) => sum + (call.startedAt >= from && call.startedAt < from + minuteMs ? of(call) : 0),
          0,
        ),
      );
      return Math.max(0, ...sums);
    },
  };
}
