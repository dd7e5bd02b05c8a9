/**
 * Milliseconds before each try of a webhook: 0 s, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h. The first has no
 * effect: that try is made at once. None may pass 12 h, the longest visibility timeout of SQS, which SQS
 * counts from the receive. The queue's maxReceiveCount is the number of tries.
 */
export const webhookRetryDelays: readonly number[] = [
  0, 5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000,
];
