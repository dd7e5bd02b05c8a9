/** Namespace of the service's own metrics. */
export const metricsNamespace = 'LlmService';

/** Counted by the sweeper; 0 unless a crash left something half done. */
export const sweeperRepairs = 'SweeperRepairs';

/** Value of the dimension `service`, so that two stages in one account do not share a metric. */
export function metricsService(stage: string): string {
  return `llm-${stage}`;
}
