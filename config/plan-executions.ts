import { type AccountPlan, fitsReservations, planAccount, planUnknownAccount } from './account-plan.ts';
import type { SettingValues } from './setting-values.ts';
import type { ProviderSettings } from './settings.ts';
import { ConfigurationError } from './settings-variables.ts';
import { planWorker, type WorkerPlan } from './worker-plan.ts';

/** What is known of the account. */
export interface Account {
  /** Told that functions may reserve executions. */
  reservedConcurrency: boolean;
  /** The account's concurrent executions that this deployment may use; undefined: enough for all. */
  accountConcurrency?: number | undefined;
}

export interface ExecutionPlan {
  /** With the limits that their workers' executions can hold. */
  providers: ProviderSettings[];
  workers: WorkerPlan[];
  mappings: Pick<AccountPlan, 'webhooks' | 'executionsPerShard'>;
  /** What the account's size takes from the deployment. */
  notices: string[];
}

/** How many executions each event source mapping may ask for. Throws ConfigurationError. */
export function planExecutions(
  wanted: readonly ProviderSettings[],
  variables: SettingValues,
  account: Account,
): ExecutionPlan {
  const { workers, ...mappings } = planFor(wanted, variables, account);
  const { accountConcurrency } = account;
  const notices: string[] = [];
  if (account.reservedConcurrency && workers.some((plan) => plan.reservedConcurrency === null))
    notices.push(
      `accountConcurrency=${accountConcurrency} leaves no room for reserved concurrency: the table of slots holds the providers' limits.`,
    );
  const providers = wanted.map((provider, index) => {
    const fitted = fitToWorker(provider, workers[index], variables.LLM_SLOTS_KEPT_FOR_SYNC);
    if (fitted.concurrencyLimit < provider.concurrencyLimit)
      notices.push(
        `${provider.name} runs ${fitted.concurrencyLimit} calls at once instead of ${provider.concurrencyLimit}: ` +
          `accountConcurrency=${accountConcurrency} leaves its worker no more.`,
      );
    return fitted;
  });
  return { providers, workers, mappings, notices };
}

function planFor(
  providers: readonly ProviderSettings[],
  variables: SettingValues,
  { reservedConcurrency, accountConcurrency }: Account,
): AccountPlan {
  const plans = planWorkers(providers, variables, reservedConcurrency);
  if (accountConcurrency === undefined) return planUnknownAccount(plans);
  const workers = fitsReservations(plans, accountConcurrency)
    ? plans
    : planWorkers(providers, variables, false);
  try {
    return planAccount(workers, accountConcurrency);
  } catch (error) {
    throw new ConfigurationError([(error as Error).message]);
  }
}

function planWorkers(
  providers: readonly ProviderSettings[],
  variables: SettingValues,
  reservedConcurrency: boolean,
): WorkerPlan[] {
  const faults: string[] = [];
  const plans = providers.flatMap(({ name, concurrencyLimit }) => {
    try {
      return planWorker(name, concurrencyLimit, {
        tasksPerInvocation: variables.LLM_TASKS_PER_INVOCATION,
        slotsKeptForSync: variables.LLM_SLOTS_KEPT_FOR_SYNC,
        reservedConcurrency,
      });
    } catch (error) {
      faults.push((error as Error).message);
      return [];
    }
  });
  if (faults.length > 0) throw new ConfigurationError(faults);
  return plans;
}

/** A provider cannot have more calls at once than its worker's executions make. */
function fitToWorker(
  provider: ProviderSettings,
  plan: WorkerPlan | undefined,
  keptForSync: number,
): ProviderSettings {
  if (!plan) return provider;
  const { maximumConcurrency, batchSize, limitedBySemaphore } = plan;
  const most = (maximumConcurrency + keptForSync) * batchSize;
  return {
    ...provider,
    concurrencyLimit: Math.min(provider.concurrencyLimit, most),
    limitedBySemaphore,
  };
}
