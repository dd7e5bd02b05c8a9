import type { TaskRequest } from '../../client/wire.ts';
export interface TokenCounts {
  prompt_tokens: number;
  completion_tokens: number;
}

/** The members of a task, as in GET /api/v1/tasks, that the benchmark reads. */
export interface EndedTask {
  task_id: string;
  status: string;
  provider: string;
  model: string | null;
  attempts: number;
  created_at: string;
  completed_at: string | null;
  result: { cost_usd: number; latency_ms: number; cached: boolean; usage: TokenCounts } | null;
  error: { code: string } | null;
}

/** What the benchmark needs of the service, whichever part of it runs. */
export interface RoutingService {
  submit(task: TaskRequest): Promise<void>;
  submitBatch(tasks: TaskRequest[]): Promise<void>;
  count(): Promise<{ ended: number; open: number }>;
  list(): Promise<EndedTask[]>;
  /** Whether the provider's circuit is open or half-open, read from the table itself. */
  isCircuitOpen(provider: string): Promise<boolean>;
  stop(): Promise<void>;
}
