/**
 * Namespace of the service's own metrics. There are two, which cost $0.30 a month each, by the hours in which they are
 * written; the rest are AWS's own.
 */
export const metricsNamespace = 'LlmService';

/**
 * Told by the sweeper, of all providers: how long the oldest urgent task that is queued waits (Maximum), and as a negative
 * number how many circuits are open (Minimum). One metric, and nothing where there is neither, since it is paid for while
 * it is written.
 */
export const urgentWait = 'UrgentWaitSeconds';

/** US dollars that calls cost, counted by the stream function. */
export const spentUsd = 'SpentUsd';

/** Value of the dimension `service`, so that two stages in one account do not share a metric. */
export function metricsService(stage: string): string {
  return `llm-${stage}`;
}
