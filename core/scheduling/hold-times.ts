// For how long work is held, in milliseconds. Everything follows from how often a worker renews what it holds.

/** A worker renews all that it holds this often: rarely enough to cost little, often enough to notice a lost one in a minute. */
export const renewEveryMs = 20_000;

/** A request to DynamoDB or SQS is answered, repeated where needed, well within this. */
const requestMs = 5_000;

/** A row's lease outlives one lost renewal. */
export const rowLeaseMs = 2 * renewEveryMs + requestMs;

/** A task's message and its ticket are hidden for longer than the lease, so that a message that shows again finds it ended. */
export const messageVisibilityMs = rowLeaseMs + requestMs;

/** The leases of slots outlive two lost renewals: one that ended early would let a provider's limit be passed. */
export const slotLeaseMs = 3 * renewEveryMs;

/** How soon a cancelled task's provider call is aborted; a look costs half a read unit. A whole number of looks is a renewal. */
export const lookEveryMs = renewEveryMs / 4;

/** Left for storing the outcome when the invocation's end stops a call: two requests, one after the other. */
export const wrapUpMs = 2 * requestMs;
