/** How many executions of a provider's worker may run, and whether that is enough to hold its limit. */
export interface WorkerPlan {
  provider: string;
  /** ReservedConcurrentExecutions; null in an account too small for any reservation. */
  reservedConcurrency: number | null;
  /** MaximumConcurrency of the ticket queue's event source mapping. */
  maximumConcurrency: number;
  /** Tickets that one execution takes at a time. */
  batchSize: number;
  /** The table of slots has to hold the limit: nothing is reserved, or executions × batch size may pass it. */
  limitedBySemaphore: boolean;
}

export interface WorkerPlanOptions {
  tasksPerInvocation: number;
  /** Of the limit, left free for synchronous calls: as executions here, as slots where the table of slots holds the limit. */
  slotsKeptForSync: number;
  reservedConcurrency: boolean;
}

/** Lambda's bounds of MaximumConcurrency: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
export const smallestMaximumConcurrency = 2;
const largestMaximumConcurrency = 1000;

/**
 * With several tasks an invocation, so many executions are planned all the same, if the limit is as high: tickets that
 * come one by one start one execution each, and with fewer executions a slot would idle while work waits. Where more
 * run, tickets come in numbers and fill the batches.
 */
const executionsForSingleTickets = 100;

/** Throws an Error that says which numbers do not fit and what to change. */
export function planWorker(provider: string, limit: number, options: WorkerPlanOptions): WorkerPlan {
  const { tasksPerInvocation, slotsKeptForSync } = options;
  if (slotsKeptForSync > 0 && slotsKeptForSync >= limit)
    throw new Error(
      `LLM_SLOTS_KEPT_FOR_SYNC=${slotsKeptForSync} leaves nothing of ${provider}'s limit of ${limit} to what is queued: ` +
        "raise the provider's limit or keep fewer slots",
    );
  const executions = Math.max(
    Math.min(limit, Math.max(Math.ceil(limit / tasksPerInvocation), executionsForSingleTickets)),
    smallestMaximumConcurrency,
  );
  const maximumConcurrency = executions - slotsKeptForSync;
  if (slotsKeptForSync > 0 && maximumConcurrency < smallestMaximumConcurrency)
    throw new Error(
      `LLM_SLOTS_KEPT_FOR_SYNC=${slotsKeptForSync} leaves ${maximumConcurrency} of the ${executions} executions of ${provider}'s worker ` +
        `(limit ${limit}, ${tasksPerInvocation} task(s) per invocation) to its queue, and Lambda's event source mappings need at least ` +
        `${smallestMaximumConcurrency}: raise the provider's limit or keep fewer slots`,
    );
  if (maximumConcurrency > largestMaximumConcurrency)
    throw new Error(
      `${provider}'s limit of ${limit} needs a MaximumConcurrency of ${maximumConcurrency}; Lambda allows ${largestMaximumConcurrency}: ` +
        'lower the limit or raise LLM_TASKS_PER_INVOCATION',
    );
  return {
    provider,
    reservedConcurrency: options.reservedConcurrency ? executions : null,
    maximumConcurrency,
    batchSize: tasksPerInvocation,
    limitedBySemaphore: !options.reservedConcurrency || executions * tasksPerInvocation > limit,
  };
}
