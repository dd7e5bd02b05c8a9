import { ContentGone } from '../files/file-store.ts';
import { readFile } from '../files/read-file.ts';
import { readLines } from './batch-lines.ts';
import type { BatchRunPorts, HeldBatch } from './batch-run.ts';
import { AnswerCollector, type Stop } from './collect-answers.ts';
import { finishBatch, leaveOutRest } from './end-batch.ts';
import { feedLines } from './feed-lines.ts';
import { LineReader } from './line-reader.ts';
import { type BatchFault, hasEnded } from './openai-batch.ts';
import { Pace } from './pace.ts';
import { portionFor } from './portion-size.ts';
import { validateInput } from './validate-input.ts';

/**
 * Goes on with a batch, for as long as something moves and the run has time. Answers when to look at it again, epoch ms. Each step
 * ends with a write of the batch, from which another run goes on where this one dies. Throws BatchLost.
 *
 * @param until epoch ms; no step begins after it
 */
export async function advanceBatch(held: HeldBatch, until: number, ports: BatchRunPorts): Promise<number> {
  if (held.batch.status === 'validating' && !stopOf(held, ports)) await begin(held, ports);
  if (held.batch.status === 'in_progress' || held.batch.status === 'validating') {
    const lookAt = await work(held, until, ports);
    if (lookAt !== undefined) return lookAt;
  }
  if (!hasEnded(held.batch)) await finishBatch(held, ports);
  return ports.clock();
}

function stopOf({ batch }: HeldBatch, { clock }: BatchRunPorts): Stop | undefined {
  if (batch.times.cancelling !== undefined || batch.work.outcome === 'failed') return 'cancelled';
  return batch.deadlineAt <= clock() ? 'expired' : undefined;
}

async function begin(held: HeldBatch, ports: BatchRunPorts): Promise<void> {
  const { tenant, inputFileId, endpoint } = held.batch;
  const file = await ports.files.get(tenant, inputFileId, ports.clock());
  if (!file) return fail(held, [inputGone], ports);
  let total: number;
  try {
    const lines = readLines(readFile(file.parts, ports.contents), 0);
    const found = await validateInput(lines, endpoint, () => held.hold());
    if (found.faults.length > 0) return fail(held, found.faults, ports);
    ({ total } = found);
  } catch (error) {
    if (error instanceof ContentGone) return fail(held, [inputGone], ports);
    throw error;
  }
  const { batch } = held;
  await held.save({
    status: 'in_progress',
    times: { ...batch.times, in_progress: ports.clock() },
    total,
    work: { ...batch.work, input: file.parts },
  });
}

const inputGone: BatchFault = {
  code: 'input_file_gone',
  message: 'The input file was deleted, or expired, before all of it was read',
  line: null,
  param: 'input_file_id',
};

async function fail(held: HeldBatch, faults: BatchFault[], { clock }: BatchRunPorts): Promise<void> {
  await held.save({ status: 'failed', times: { ...held.batch.times, failed: clock() }, faults });
}

/** Undefined: every line is answered, or will not be. */
async function work(held: HeldBatch, until: number, ports: BatchRunPorts): Promise<number | undefined> {
  const collector = new AnswerCollector(held, ports);
  const reader = new LineReader(held.batch, ports.contents);
  const pace = new Pace(ports.clock());
  let isFirst = true;
  for (;;) {
    const stop = stopOf(held, ports);
    if (stop) return end(held, collector, reader, stop, ports);
    const ended = await collector.look();
    let fed = 0;
    try {
      const most = portionFor(
        held.batch,
        collector.unended,
        await ports.states.read(),
        ports.rules.maxQueueSize,
      );
      if (most > 0) fed = await feedLines(held, reader, most, isFirst, ports);
      if (fed > 0) isFirst = false;
    } catch (error) {
      if (!(error instanceof ContentGone)) throw error;
      const { work } = held.batch;
      await held.save({ faults: [inputGone], work: { ...work, outcome: 'failed' } });
      continue;
    }
    if (held.batch.work.open.length === 0 && held.batch.work.nextLine >= held.batch.total) return undefined;
    const { delayMs, lookAt } = pace.next(ports.clock(), { ended, fed, unended: collector.unended });
    const next = ports.clock() + delayMs;
    if (lookAt !== undefined || next >= until) {
      await held.save(collector.counts());
      return Math.max(lookAt ?? next, ports.clock());
    }
    if (pace.isTimeToShow(ports.clock())) await held.save(collector.counts());
    await ports.sleep(delayMs);
  }
}

async function end(
  held: HeldBatch,
  collector: AnswerCollector,
  reader: LineReader,
  stop: Stop,
  ports: BatchRunPorts,
): Promise<undefined> {
  await collector.look(stop);
  await leaveOutRest(held, reader, stop, ports).catch((error: unknown) => {
    if (!(error instanceof ContentGone)) throw error;
  });
  // Of an input that is gone no line can be named.
  const { total, failed, work } = held.batch;
  const rest = total - work.nextLine;
  if (rest > 0) await held.save({ failed: failed + rest, work: { ...work, nextLine: total } });
  return undefined;
}
