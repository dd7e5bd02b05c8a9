// Partial batch failures: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
import type { Value } from '../template/cloud-assembly.ts';

/**
 * Identifiers of the messages that a handler reports as failed. Nothing and null report none. Undefined where the answer
 * is not JSON, which fails the batch.
 */
export function readItemFailures(payload: string): string[] | undefined {
  if (payload === '') return [];
  try {
    const failures: Value[] = JSON.parse(payload)?.batchItemFailures ?? [];
    return failures.map((entry) => entry?.itemIdentifier);
  } catch {
    return undefined;
  }
}
