import { runBounded } from '../run-bounded.ts';
import { advanceBatch } from './advance-batch.ts';
import { BatchLost, type BatchRunPorts, HeldBatch, leaseMs } from './batch-run.ts';
import { hasEnded, type OpenaiBatchKey } from './openai-batch.ts';

export interface BatchRunReport {
  /** Batches that this run went on with, and of these those that ended. */
  advanced: number;
  ended: number;
  failed: number;
}

const mostDue = 100;
/** Each has up to some 30 MB of lines and answers in memory. */
const batchesAtOnce = 8;
/** After a fault the batch is due again so much later. */
const faultMs = 60_000;
/** A batch that still fails so long after its deadline is given up. */
const graceMs = 24 * 3_600_000;

/**
 * Goes on with the batches that are due, each for as long as something moves. Two runs side by side do no harm: one of them has
 * a batch, and one that died loses it within a minute.
 *
 * @param asked the batches that the run was started for
 * @param until epoch ms; no step begins after it
 */
export async function runBatches(
  asked: readonly OpenaiBatchKey[],
  until: number,
  ports: BatchRunPorts,
): Promise<BatchRunReport> {
  const report: BatchRunReport = { advanced: 0, ended: 0, failed: 0 };
  const due = await ports.batches.listDue(ports.clock(), mostDue);
  const keys = new Map([...asked, ...due].map((key) => [`${key.tenant}#${key.batchId}`, key]));
  await runBounded(keys.values(), batchesAtOnce, async (key) => {
    if (ports.clock() >= until) return;
    const from = ports.clock();
    const lease = { run: ports.nameRun(), from, until: from + leaseMs };
    const batch = await ports.batches.take(key, lease);
    if (!batch) return;
    const held = new HeldBatch(batch, lease, ports);
    report.advanced += 1;
    try {
      const lookAt = await advanceBatch(held, until, ports);
      if (hasEnded(held.batch)) report.ended += 1;
      await held.release(lookAt);
    } catch (error) {
      if (error instanceof BatchLost) return;
      report.failed += 1;
      ports.onError(error);
      await putOff(held, ports).catch(ports.onError);
    }
  });
  return report;
}

async function putOff(held: HeldBatch, { clock }: BatchRunPorts): Promise<void> {
  const now = clock();
  if (held.batch.deadlineAt + graceMs <= now) {
    const fault = {
      code: 'internal',
      message: 'A fault of the service ended the batch',
      line: null,
      param: null,
    };
    await held.save({ status: 'failed', times: { ...held.batch.times, failed: now }, faults: [fault] });
  }
  await held.release(now + faultMs);
}
