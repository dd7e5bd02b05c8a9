import * as z from 'zod';
import { priorities } from '../tasks/task.ts';

const count = (least: number) => {
  const message = `must be a whole number of at least ${least}`;
  return z.int(message).min(least, message).max(1_000_000_000, message);
};
const dollarsMessage = 'must be US dollars such as 10 or 2.50, from 0 to 1000000';
const dollars = z.number(dollarsMessage).min(0, dollarsMessage).max(1_000_000, dollarsMessage);
const names = (what: string) => {
  const message = `must be a list of ${what}`;
  return z
    .array(z.string(message).min(1, message).max(264, message), message)
    .min(1, message)
    .max(100, message);
};

/**
 * What one tenant may do; without a member there is no such limit. It is read from the configuration's file, and from what
 * `npm run tenants -- limits` has stored, where null says that there is none whatever the file says.
 */
export const TenantLimits = z
  .strictObject(
    {
      requests_per_minute: count(1).meta({
        description: 'Requests a minute that submit work: a bucket of so many, refilled at that pace',
      }),
      max_waiting: count(0).meta({ description: 'Waiting tasks over which submitting answers 429' }),
      highest_priority: z
        .enum(priorities, `must be ${priorities.join(', ')}`)
        .meta({ description: 'Higher ones are refused; where a task names none it has this at most' }),
      providers: names('providers, such as [kimi, openai]').meta({ description: 'Only these are called' }),
      models: names('models, such as [kimi-k2.6] or [openai/gpt-5-mini]').meta({
        description: 'Only these are called: by name at any provider, or as provider/model',
      }),
      budget_per_day: dollars.meta({ description: 'US dollars of tasks accepted within a day, by UTC' }),
      budget_per_month: dollars.meta({ description: 'US dollars of tasks accepted within a month, by UTC' }),
    },
    'must be a map of limits',
  )
  .partial()
  .meta({ description: 'What a tenant may do, and spend' });
export type TenantLimits = z.infer<typeof TenantLimits>;

export type LimitName = keyof TenantLimits;
export const limitNames = Object.keys(TenantLimits.shape) as LimitName[];

/** As it is stored: a later version may know more. */
export const StoredLimits = z.object(
  Object.fromEntries(
    Object.entries(TenantLimits.shape).map(([name, schema]) => [name, schema.nullable()]),
  ) as { [Name in LimitName]: z.ZodNullable<(typeof TenantLimits.shape)[Name]> },
);

/** What a command has stored; null: no limit, whatever the configuration says. */
export type StoredLimits = z.infer<typeof StoredLimits>;

/** The present limits of a tenant. */
export type LimitsOf = (tenant: string) => TenantLimits;

export const unlimited: LimitsOf = () => ({});

/** What a command says wins over the configuration. */
export function mergeLimits(configured: TenantLimits, stored: StoredLimits): TenantLimits {
  const all = Object.entries({ ...configured, ...stored });
  return Object.fromEntries(all.filter(([, value]) => value !== null && value !== undefined));
}

export function hasBudget({ budget_per_day: day, budget_per_month: month }: TenantLimits): boolean {
  return day !== undefined || month !== undefined;
}
