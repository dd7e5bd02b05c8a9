// For how long work is held, in milliseconds. Everything follows from how often a worker renews what it holds.

/** A worker renews all that it holds this often: rarely enough to cost little, often enough to notice a lost one in a minute. */
export const renewEveryMs = 20_000;

/** A request to DynamoDB or SQS is answered, repeated where needed, well within this. */
export const requestMs = 5_000;

/** A row's lease outlives one lost renewal. A worker that could not renew stops a request's time before its end. */
export const rowLeaseMs = 2 * renewEveryMs + requestMs;

/** A task's message and its ticket are hidden for longer than the lease, so that a message that shows again finds it ended. */
export const messageVisibilityMs = rowLeaseMs + requestMs;

/** The leases of slots outlive the row's: a worker that lost the row has stopped before its slots are another's. */
export const slotLeaseMs = 3 * renewEveryMs;

/** How soon a cancelled task's provider call is aborted; a look costs half a read unit. A whole number of looks is a renewal. */
export const lookEveryMs = renewEveryMs / 4;

/** Left for storing the outcome when the invocation's end stops a call: two requests, one after the other. */
export const wrapUpMs = 2 * requestMs;

/** No call outlasts the longest invocation of Lambda, 15 minutes, by more than this much. */
export const longestCallMs = 16 * 60_000;

/** A worker goes on with waiting work for so long; then it leaves the rest to a fresh invocation. */
export const goOnForMs = 10 * 60_000;

/** SQS hides a message for 12 hours at most, counted from its receive: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html */
export const longestHiddenMs = 11 * 3_600_000;
