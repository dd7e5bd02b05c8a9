/** For what is measured: an idempotency key would cost each submission a request of its own. */
export const unkeyed = { idempotencyKey: null } as const;
