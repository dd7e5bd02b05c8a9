import type { TaskPlan } from '../scheduling/task-plan.ts';

export const queueName = 'tasks';

/** BullMQ runs the smallest first. */
export const priorities: Record<NonNullable<TaskPlan['priority']>, number> = { high: 1, normal: 2, low: 3 };
