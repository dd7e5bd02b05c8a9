import { computeCost } from '../providers/compute-cost.ts';
import { findModel } from '../providers/find-model.ts';
import type { Task, TokenUsage } from '../tasks/task.ts';
import { askForResult, type ResultTools } from './ask-for-result.ts';
import { type AttemptOutcome, CutOffAttempt, type RunAttempt } from './attempt.ts';
import { meterCalls } from './call-meter.ts';
import type { ChatDelta } from './chat.ts';
import { decideAfterFailure, type Routes } from './decide-after-failure.ts';
import { asProviderFailure } from './provider-failure.ts';

export interface AttemptTools extends ResultTools, Routes {
  random: () => number;
}

/** One attempt at a claimed task: asks the provider, checks the answer, and says what is to be done next. */
export function createRunAttempt(tools: AttemptTools): RunAttempt {
  return async (task, input, signal, beforeRepair, onDelta) => {
    const { provider, now, random } = tools;
    let isTold = false;
    const tell = (delta: ChatDelta) => {
      isTold ||= delta.choices.length > 0;
      onDelta?.(delta);
    };
    const meter = meterCalls(tools.languageModel, task.estimatedTokens);
    const costOf = (usage: TokenUsage | undefined) =>
      usage ? computeCost(findModel(provider, task.model), usage) : 0;
    try {
      const request = { task, input, signal, beforeRepair, onDelta: onDelta && tell };
      const { result, holdBackMs, rateLimits } = await askForResult(
        { ...tools, languageModel: meter },
        request,
      );
      const { usage, costUsd } = result;
      const outcome: AttemptOutcome = { kind: 'completed', result };
      return { outcome, usage, costUsd, failure: undefined, holdBackMs, ...(rateLimits && { rateLimits }) };
    } catch (error) {
      if (signal.aborted) {
        const used = meter.usedSoFar();
        throw new CutOffAttempt(used, costOf(used), signal.reason);
      }
      const failure = asProviderFailure(error);
      const { usage } = failure;
      const next = decideAfterFailure(task, failure, tools, now(), random());
      return {
        outcome: isTold ? endIfTold(task, next) : next,
        usage,
        costUsd: costOf(usage),
        failure,
        holdBackMs: undefined,
      };
    }
  };
}

/** What a caller of `once` was told cannot be taken back: no other attempt follows. */
function endIfTold(task: Task, next: AttemptOutcome): AttemptOutcome {
  const goesOn = next.kind === 'retry' || next.kind === 'failover';
  return goesOn && task.config.stream === 'once' ? { kind: 'failed', error: next.error } : next;
}
