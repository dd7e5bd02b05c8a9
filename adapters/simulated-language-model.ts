import { setTimeout as sleep } from 'node:timers/promises';
import type { ChatChoice, ChatDelta } from '../core/attempts/chat.ts';
import type { ChatReply, LanguageModel } from '../core/attempts/language-model.ts';
import { ProviderFailure } from '../core/attempts/provider-failure.ts';
import type { TokenUsage } from '../core/tasks/task.ts';
import { answerChat, fraction } from './simulated-answers.ts';
import { answerEmbeddings } from './simulated-embeddings.ts';
import { splitChoice } from './simulated-stream.ts';
import type { SimulationOptions } from './simulation-options.ts';

/** A provider without a model: it answers by rule, satisfies the schema, and fails as often as it is told. */
export function createSimulatedLanguageModel(
  options: SimulationOptions,
  random: () => number,
): LanguageModel {
  let calls = 0;
  const begin = (signal: AbortSignal) => {
    const call = calls++;
    const chance = (purpose: string) =>
      options.seed === undefined ? random() : fraction(`${options.seed}/${call}/${purpose}`);
    return { call, signal, chance };
  };

  return {
    async complete(request) {
      const call = begin(request.signal);
      await hangOrRefuse(options, call);
      const { choices, usage } = answerChat(request, options, call.chance('invalid') < options.invalid_rate);
      const reply: ChatReply = {
        content: choices[0]?.message.content ?? '',
        finishReason: choices[0]?.finish_reason ?? 'stop',
        usage,
        providerRequestId: `simulated-${call.call}`,
        ...(request.parameters && { choices, model: request.model }),
      };
      const { onDelta } = request;
      if (onDelta) {
        await waitOrFail(options, call, options.first_token_ms ?? options.latency_ms);
        await writeStream(options, call, { choices, usage, onDelta });
      } else await waitOrFail(options, call, options.latency_ms, writingMs(options, usage.completionTokens));
      return reply;
    },
    async embed(request) {
      const call = begin(request.signal);
      await hangOrRefuse(options, call);
      await waitOrFail(options, call, options.latency_ms);
      return answerEmbeddings(request);
    },
  };
}

interface Call {
  call: number;
  signal: AbortSignal;
  /** 0 (inclusive) to 1 (exclusive), for one purpose of this call. */
  chance: (purpose: string) => number;
}

async function hangOrRefuse(options: SimulationOptions, { signal, chance }: Call): Promise<void> {
  if (chance('hang') < options.hang_rate) await pause(2 ** 31 - 1, signal);
  if (chance('rate limit') < options.rate_limit_rate)
    throw new ProviderFailure('rate_limited', 'Simulated rate limit', { retryAfter: options.retry_after_ms });
}

async function waitOrFail(
  options: SimulationOptions,
  { signal, chance }: Call,
  latencyMs: number,
  writing = 0,
): Promise<void> {
  const spread = 1 + options.jitter * (2 * chance('latency') - 1);
  await pause(latencyMs * spread + writing, signal);
  if (chance('error') < options.error_rate) throw new ProviderFailure('outage', 'Simulated outage');
}

interface Writing {
  choices: ChatChoice[];
  usage: TokenUsage;
  onDelta: (delta: ChatDelta) => void;
}

async function writeStream(
  options: SimulationOptions,
  { signal, chance }: Call,
  { choices, usage, onDelta }: Writing,
): Promise<void> {
  const pieces = choices.flatMap(splitChoice);
  const breaksAt = chance('break') < options.break_rate ? Math.ceil(pieces.length / 2) : undefined;
  const startedAt = performance.now();
  let written = 0;
  for (const [index, { choice, characters }] of pieces.entries()) {
    if (index === breaksAt) {
      const completionTokens = Math.ceil(written / 4);
      throw new ProviderFailure('outage', 'Simulated break of the answer', {
        usage: { ...usage, completionTokens },
      });
    }
    written += characters;
    // From the start, so that the timers' delays do not add up.
    const due = startedAt + writingMs(options, written / 4) - performance.now();
    if (due > 0) await pause(due, signal);
    signal.throwIfAborted();
    onDelta({ choices: [choice] });
  }
}

function writingMs({ tokens_per_second: pace }: SimulationOptions, tokens: number): number {
  return pace > 0 ? (1_000 * tokens) / pace : 0;
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
}
