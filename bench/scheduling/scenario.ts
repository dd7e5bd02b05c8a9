import { setTimeout as sleep } from 'node:timers/promises';
import { createProgress } from '../progress.ts';
import { type RunningService, startService } from '../start-service.ts';
import { unkeyed } from '../unkeyed.ts';
import type { RecordingProvider } from './provider-report.ts';
import { type TaskPlan, toRequest } from './task-plan.ts';

export interface Measure {
  what: string;
  bar: string;
  measured: string;
  met: boolean;
}

interface Counts {
  completed: number;
  failed: number;
  cancelled: number;
}

export interface Bench {
  provider: RecordingProvider;
  service: RunningService;
  /** Ids of the accepted tasks, by number. */
  taskIds: readonly string[];
  /** Submits `count` tasks as batches; their numbers go on from the last one given out. Answers the first number. */
  submit(count: number, plan?: TaskPlan): Promise<number>;
  /** The same for tasks that differ. */
  submitAll(plans: readonly TaskPlan[]): Promise<number>;
  /** One task in a request of its own. Answers its id. */
  submitOne(plan: TaskPlan): Promise<string>;
  /** Tasks that ended so far. */
  countEnded(): Promise<Counts>;
  /** Waits until all accepted tasks have ended, or gives up after `patienceMs`. */
  drain(patienceMs: number): Promise<void>;
  tell(text: string): void;
}

export interface Totals {
  accepted: number;
  ended: number;
}

export interface Scenario {
  name: string;
  settings: Record<string, string>;
  serviceMs: number;
  run(bench: Bench): Promise<Measure[]>;
}

/** Names of the worker functions. */
export const workers = /process-task/;

export const total = ({ completed, failed, cancelled }: Counts) => completed + failed + cancelled;

const tasksPerBatch = 500;
const drainLookMs = 500;

/** Runs one scenario on a service of its own, so that none sees another's tasks. What it throws is a bar missed. */
export async function runScenario(
  scenario: Scenario,
  provider: RecordingProvider,
  totals: Totals,
): Promise<Measure[]> {
  const progress = createProgress(scenario.name.padEnd(24));
  progress.tell('starting the service');
  const service = await startService({
    LLM_PROVIDERS: 'local',
    LOCAL_LLM_BASE_URL: provider.baseUrls.local,
    KIMI_BASE_URL: provider.baseUrls.kimi,
    LLM_TASK_TIMEOUT: '1h',
    LLM_MAX_QUEUE_SIZE: '100000',
    ...scenario.settings,
  });
  try {
    await provider.reset({ serviceMs: scenario.serviceMs });
    const { bench, close } = createBench(service, provider, progress.tell);
    const measures = await scenario.run(bench);
    await close(totals);
    progress.end(measures.map(({ what, measured }) => `${what}: ${measured}`).join('; '));
    return measures;
  } catch (error) {
    progress.end(String(error));
    return [{ what: scenario.name, bar: 'runs to its end', measured: String(error), met: false }];
  } finally {
    await service.stop();
  }
}

function createBench(
  service: RunningService,
  provider: RecordingProvider,
  tell: (text: string) => void,
): { bench: Bench; close(totals: Totals): Promise<void> } {
  const taskIds: string[] = [];
  const batches: string[] = [];
  const singles: string[] = [];

  async function countEnded(): Promise<Counts> {
    const sum = { completed: 0, failed: 0, cancelled: 0 };
    for (const id of singles) {
      const { status } = await service.client.get(id);
      if (status !== 'queued' && status !== 'processing') sum[status] += 1;
    }
    for (const batch of batches) {
      const { counts } = await service.client.getBatch(batch);
      sum.completed += counts.completed;
      sum.failed += counts.failed;
      sum.cancelled += counts.cancelled;
    }
    return sum;
  }
  async function submitAll(plans: readonly TaskPlan[]): Promise<number> {
    const first = taskIds.length;
    for (let from = 0; from < plans.length; from += tasksPerBatch) {
      const tasks = plans
        .slice(from, from + tasksPerBatch)
        .map((plan, index) => toRequest(first + from + index, plan));
      const answer = await service.client.submitBatch({ tasks }, unkeyed);
      batches.push(answer.batch_id);
      for (const { task_id: id } of answer.tasks) {
        if (id === undefined) throw new Error(`A task was refused: ${JSON.stringify(answer.tasks)}`);
        taskIds.push(id);
      }
    }
    return first;
  }

  async function submitOne(plan: TaskPlan): Promise<string> {
    const request = toRequest(taskIds.length, plan);
    const { task_id: id } = await service.client.submit(request, unkeyed);
    taskIds.push(id);
    singles.push(id);
    return id;
  }

  const bench: Bench = {
    provider,
    service,
    taskIds,
    submitAll,
    submitOne,
    submit: (count, plan = {}) => submitAll(Array.from({ length: count }, () => plan)),
    countEnded,
    async drain(patienceMs) {
      const giveUpAt = Date.now() + patienceMs;
      while (Date.now() < giveUpAt) {
        const ended = total(await countEnded());
        tell(`${ended} of ${taskIds.length} tasks ended`);
        if (ended >= taskIds.length) return;
        await sleep(drainLookMs);
      }
    },
    tell,
  };
  return {
    bench,
    async close(totals) {
      totals.accepted += taskIds.length;
      totals.ended += total(await countEnded());
    },
  };
}
