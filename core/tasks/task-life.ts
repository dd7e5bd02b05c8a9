/** A task ends before its message goes: SQS keeps one for 14 days at most. */
export const longestLifeMs = 14 * 24 * 3_600_000;

/** What a batch of OpenAI's clients has as its `completion_window`. */
export const batchWindowMs = 24 * 3_600_000;
