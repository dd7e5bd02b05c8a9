import type { Task } from '../tasks/task.ts';
import type { AnswerLine } from './answer-line.ts';
import type { BatchRunPorts, HeldBatch } from './batch-run.ts';
import type { BatchUsage } from './openai-batch.ts';
import { answersKey } from './portion-record.ts';

/** Writes lines as the next parts of their files. Answers what the batch's work then is of them. */
export async function writeParts(
  { batch }: HeldBatch,
  lines: readonly AnswerLine[],
  { contents }: Pick<BatchRunPorts, 'contents'>,
) {
  const { work } = batch;
  const sizes = { output: [...work.output], error: [...work.error] };
  const counts = { output: 0, error: 0 };
  for (const file of ['output', 'error'] as const) {
    const own = lines.filter((line) => line.file === file);
    if (own.length === 0) continue;
    const bytes = Buffer.from(own.map(({ text }) => text).join(''));
    await contents.put(answersKey(batch, file, sizes[file].length), bytes);
    sizes[file].push(bytes.byteLength);
    counts[file] = own.length;
  }
  return { ...sizes, completed: work.completed + counts.output, failed: work.failed + counts.error };
}

export function usageOf({ result }: Task): BatchUsage | undefined {
  if (!result) return undefined;
  const { promptTokens, completionTokens, cachedPromptTokens = 0, reasoningTokens = 0 } = result.usage;
  return { promptTokens, completionTokens, cachedPromptTokens, reasoningTokens };
}

export function addUsage(sum: BatchUsage, more: BatchUsage | undefined): BatchUsage {
  if (!more) return sum;
  return {
    promptTokens: sum.promptTokens + more.promptTokens,
    completionTokens: sum.completionTokens + more.completionTokens,
    cachedPromptTokens: sum.cachedPromptTokens + more.cachedPromptTokens,
    reasoningTokens: sum.reasoningTokens + more.reasoningTokens,
  };
}
