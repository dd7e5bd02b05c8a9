import type { ProviderModel } from '../providers/provider.ts';
import type { Priority, Strategy, TaskConfig } from '../tasks/task.ts';

/** How much cost, speed and quality of a candidate count, by strategy. */
export type RoutingWeights = Record<Strategy, { cost: number; speed: number; quality: number }>;

export interface RoutingRequest {
  config: Pick<TaskConfig, 'provider' | 'model' | 'failover' | 'strategy' | 'temperature' | 'maxTokens'>;
  estimatedTokens: { prompt: number; completion: number };
  needsStructuredOutput: boolean;
  /** Of the model that can do it; default `chat`. */
  kind?: ProviderModel['kind'];
  /** The queue that it will wait in; default `normal`. */
  priority?: Priority;
  /** What the tenant may call; default: everything. */
  permits?: (provider: string, model: string) => boolean;
  /** Milliseconds until the task's deadline. */
  timeLeftMs?: number;
}
