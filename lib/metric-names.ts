/** Namespace of the service's own metrics. */
export const metricsNamespace = 'LlmService';

/** Counted by the sweeper; 0 unless something was lost between two calls. */
export const sweeperRepairs = 'SweeperRepairs';

/** Value of the dimension `service`: two stages in one account must not share a metric. */
export function metricsService(stage: string): string {
  return `llm-${stage}`;
}
