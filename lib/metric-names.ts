/** Namespace of the service's own metrics. There are two, which cost $0.30 a month each; the rest are AWS's own. */
export const metricsNamespace = 'LlmService';

/** Counted by the sweeper each minute: providers whose circuit is open. */
export const circuitsOpen = 'CircuitsOpen';

/** US dollars that calls cost, counted by the stream function. */
export const spentUsd = 'SpentUsd';

/** Value of the dimension `service`, so that two stages in one account do not share a metric. */
export function metricsService(stage: string): string {
  return `llm-${stage}`;
}
