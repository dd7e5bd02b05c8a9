import * as z from 'zod';

/** What the budget of a task's tenant owes it now. */
export const DueCharge = z.object({
  tenant: z.string(),
  taskId: z.string(),
  createdAt: z.number(),
  deadlineAt: z.number(),
  usd: z.number(),
  /** It has ended: what is reserved beyond that is free. */
  isOver: z.boolean(),
});
export type DueCharge = z.infer<typeof DueCharge>;
