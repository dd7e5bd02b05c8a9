/** A task as its cost is charged: names and times never change. */
export interface Chargeable {
  tenant: string;
  taskId: string;
  /** Epoch ms. It counts in the day and the month (UTC) in which it was accepted. */
  createdAt: number;
  deadlineAt: number;
}

export interface Charge extends Chargeable {
  usd: number;
}

/** US dollars; absent: none. */
export interface BudgetLimits {
  day?: number | undefined;
  month?: number | undefined;
}

/** What a tenant has used of a day and of a month, in US dollars, what is reserved for open tasks included. */
export interface BudgetUse {
  day: number;
  month: number;
  /** Of the month's, for tasks that have not ended. */
  reserved: number;
}

export type Reservation = { granted: true } | { granted: false; period: 'day' | 'month'; use: BudgetUse };

/**
 * What tenants spend, kept by the month, with a charge for each open task: reserved before the task is stored, settled once
 * when it has ended. Charge and sum change together or not at all.
 */
export interface Budgets {
  /** Charges all of them or none. One that is charged already stays as it is. */
  reserve(charges: readonly Charge[], limits: BudgetLimits): Promise<Reservation>;
  /** An open task costs more than was reserved: its charge is raised to this, never lowered. */
  raise(charge: Charge): Promise<void>;
  /** The task has ended, and cost this much: once, however often it is said. */
  settle(charge: Charge): Promise<void>;
  read(tenant: string, now: number): Promise<BudgetUse>;
  /** Charges whose tasks should have ended before `before` (epoch ms), the oldest first. */
  listOverdue(tenant: string, before: number, limit: number): Promise<Chargeable[]>;
}
