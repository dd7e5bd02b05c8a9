import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { createApiGatewayConnections } from '../../adapters/apigateway-connection-sender.ts';
import { createDynamoBatchProgress } from '../../adapters/dynamo-batch-progress.ts';
import { createDynamoBatchStore } from '../../adapters/dynamo-batch-store.ts';
import { createDynamoBudgets } from '../../adapters/dynamo-budgets.ts';
import { createDynamoCircuitBreaker } from '../../adapters/dynamo-circuit-breaker.ts';
import { createDynamoLanes } from '../../adapters/dynamo-lanes.ts';
import { createDynamoMetrics } from '../../adapters/dynamo-metrics.ts';
import { createDynamoOpenBatches } from '../../adapters/dynamo-open-batches.ts';
import { createDynamoRateLimiter } from '../../adapters/dynamo-rate-limiter.ts';
import { createDynamoSlotStore } from '../../adapters/dynamo-slot-store.ts';
import { createDynamoSubscriptions } from '../../adapters/dynamo-subscriptions.ts';
import { createDynamoSweepState } from '../../adapters/dynamo-sweep-state.ts';
import { createDynamoClient, createDynamoTable } from '../../adapters/dynamo-table.ts';
import { createDynamoStoredLimits } from '../../adapters/dynamo-tenant-limits.ts';
import { createDynamoTokenAccounts } from '../../adapters/dynamo-token-accounts.ts';
import { createDynamoTokenRegistry } from '../../adapters/dynamo-tokens.ts';
import { createDynamoWaitingTasks } from '../../adapters/dynamo-waiting-tasks.ts';
import { openTaskStore } from '../../adapters/open-task-store.ts';
import { createSqsClient, createSqsTaskQueues } from '../../adapters/sqs-task-queues.ts';
import { createSsmSecrets } from '../../adapters/ssm-secrets.ts';
import { readDeployed } from '../../config/deployed.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { closeEnded } from '../../core/access/close-ended.ts';
import { createFairQueues } from '../../core/scheduling/fair-queues.ts';
import { typeLevel } from '../../core/scheduling/slot-store.ts';
import { createSweep, SweepFailed, type SweepReport } from '../../core/scheduling/sweep.ts';
import { settleOverdue } from '../../core/tenants/settle-overdue.ts';
import { hasBudget, mergeLimits } from '../../core/tenants/tenant-limits.ts';

const Variables = Environment.pick({
  SETTINGS: true,
  TASK_TABLE: true,
  STATE_TABLE: true,
  PAYLOAD_BUCKET: true,
  QUEUE_URL_PREFIX: true,
  AUTH_PARAMETER: true,
  CONNECTIONS_URL: true,
  LOCAL_HOST_STARTED_AT: true,
});
const environment = readEnvironment(Variables, process.env);
const { providers, retentionMs, maxWorkers, typeLimits, open } = environment.SETTINGS;
const { AUTH_PARAMETER: authParameter, CONNECTIONS_URL: connectionsUrl } = environment;
const logger = new Logger();
const metrics = new Metrics();
const client = createDynamoClient();
const stateTable = createDynamoTable({ client, tableName: environment.STATE_TABLE });
const taskTable = createDynamoTable({ client, tableName: environment.TASK_TABLE });
const totals = createDynamoMetrics({ table: stateTable });

const names = providers.map(({ name }) => name);
const onError = (error: unknown) => logger.error('A part of the sweep failed', { error: error as Error });
/** Messages of dead-letter queues that nobody can read: they stay there, and whoever looks at the alarm sees to them. */
let unreadable = 0;

const lanes = createDynamoLanes({ table: stateTable, clock: Date.now });
const budgets = createDynamoBudgets({ table: stateTable });
const storedLimits = createDynamoStoredLimits({ table: stateTable });
const tasks = openTaskStore({
  client,
  tableName: environment.TASK_TABLE,
  bucket: environment.PAYLOAD_BUCKET,
  retentionMs,
});

/** Tenants whose budgets may have charges left. */
async function listBudgeted(): Promise<string[]> {
  const { tenants } = readDeployed();
  const stored = await storedLimits.read();
  const names = new Set([...Object.keys(tenants), ...Object.keys(stored)]);
  return [...names].filter((name) => hasBudget(mergeLimits(tenants[name] ?? {}, stored[name] ?? {})));
}

const sweep = createSweep({
  providers: names,
  retired: readDeployed()
    .providers.map(({ name }) => name)
    .filter((name) => !names.includes(name)),
  levels: {
    ...(maxWorkers !== null && { global: maxWorkers }),
    ...Object.fromEntries(
      providers.flatMap(({ name, limitedBySemaphore, concurrencyLimit }) =>
        limitedBySemaphore ? [[`provider_${name}`, concurrencyLimit]] : [],
      ),
    ),
    ...Object.fromEntries(Object.entries(typeLimits).map(([type, limit]) => [typeLevel(type), limit])),
  },
  limitedTypes: Object.keys(typeLimits),
  tokensPerMinute: Object.fromEntries(
    providers.flatMap(({ name, tokensPerMinute }) =>
      tokensPerMinute === undefined ? [] : [[name, tokensPerMinute]],
    ),
  ),
  store: tasks,
  settleCharges: async () => settleOverdue(await listBudgeted(), { budgets, tasks }, Date.now()),
  batches: createDynamoBatchStore({
    table: createDynamoTable({ client, tableName: environment.TASK_TABLE }),
    retentionMs,
  }),
  queues: createFairQueues(
    createSqsTaskQueues({
      client: createSqsClient(),
      queueUrlPrefix: environment.QUEUE_URL_PREFIX,
      onUnreadable(error) {
        unreadable += 1;
        onError(error);
      },
    }),
    lanes,
  ),
  lanes,
  breaker: createDynamoCircuitBreaker({ table: stateTable }),
  rates: createDynamoRateLimiter({ table: stateTable }),
  tokenAccounts: createDynamoTokenAccounts({ table: stateTable, sleep, random: Math.random }),
  slotStore: createDynamoSlotStore({ table: stateTable }),
  waiting: createDynamoWaitingTasks({ table: stateTable }),
  state: createDynamoSweepState({ table: stateTable }),
  openBatches: createDynamoOpenBatches({ table: taskTable }),
  batchProgress: createDynamoBatchProgress({ table: taskTable, retentionMs }),
  hasUnreadable: () => unreadable > 0,
  hostStartedAt: environment.LOCAL_HOST_STARTED_AT,
  clock: Date.now,
  onError,
});

const secrets = createSsmSecrets({ now: Date.now, keepMs: 0 });
const closePorts = connectionsUrl && {
  tokens: createDynamoTokenRegistry({ table: stateTable }),
  readAuthToken: open ? undefined : () => secrets.read(authParameter),
  subscriptions: createDynamoSubscriptions({ table: stateTable }),
  sender: createApiGatewayConnections(connectionsUrl),
};

/** What tokens opened that have ended since. */
async function closeConnections(): Promise<void> {
  if (!closePorts) return;
  const closed = await closeEnded(closePorts, Date.now());
  if (closed > 0) logger.info('WebSockets were closed: their tokens have ended', { closed });
}

/** Scheduler trigger, every minute. There should be no repairs: each stands for a crash somewhere. */
export const handler = async (): Promise<SweepReport> => {
  unreadable = 0;
  const closing = closeConnections().catch((error: unknown) => ({ error }));
  try {
    const report = await observe(await sweep());
    const failed = await closing;
    if (failed) throw failed.error;
    // Of the alarms that on this function's errors is the one for them: one on each provider's queue were paid for by each.
    if (unreadable > 0) throw new Error(`${unreadable} message(s) of dead-letter queues cannot be read`);
    return report;
  } catch (error) {
    if (error instanceof SweepFailed) await observe(error.report);
    await closing;
    throw error;
  }
};

async function observe(report: SweepReport): Promise<SweepReport> {
  const { tickets, messages, slots, woken, counts, charges, expired, dead, unaccepted } = report;
  // An hour without is not paid for, and says the same.
  if (report.urgentWaitMs > 0)
    metrics.addMetric('UrgentWaitSeconds', MetricUnit.Seconds, report.urgentWaitMs / 1_000);
  if (report.circuitsOpen > 0)
    metrics.addMetric('UrgentWaitSeconds', MetricUnit.Seconds, -report.circuitsOpen);
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  const repairs = tickets + messages + slots + woken + counts + charges;
  if (repairs > 0) logger.warn('The sweeper repaired what a crash left', { ...report });
  if (expired > 0) logger.info('Tasks failed because they waited until their deadlines', { expired });
  if (unaccepted > 0)
    logger.warn('Tasks were cancelled: the submission of their batch did not come to its end', {
      unaccepted,
    });
  if (dead > 0) logger.warn('Tasks came to the dead-letter queues', { dead });
  await totals
    .addRepairs(report)
    .catch((error: unknown) => logger.error('Repairs were not counted', { error: error as Error }));
  return report;
}
