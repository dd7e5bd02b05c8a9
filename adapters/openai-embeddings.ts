import * as z from 'zod';
import type { EmbeddingReply, EmbeddingRequest } from '../core/attempts/language-model.ts';
import { ProviderFailure } from '../core/attempts/provider-failure.ts';
import { isExactNumber } from '../core/json/exact-number.ts';
import { findModel } from '../core/providers/find-model.ts';
import type { Provider } from '../core/providers/provider.ts';
import { estimateTextTokens } from '../core/task-types/estimate-tokens.ts';
import type { TokenUsage } from '../core/tasks/task.ts';
import { answerMembers, holdsError } from './message-schemas.ts';
import { readRefusal } from './openai-errors.ts';
import { readUsage } from './read-usage.ts';

const Embedding = z.looseObject({
  index: z.int().min(0).optional(),
  embedding: z.union([z.array(z.number()), z.string()]),
});

const Embeddings = z.looseObject({ ...answerMembers, data: z.array(Embedding).min(1) });

/** The body as it goes to the provider: what the caller set counts before what the model's definition adds. */
export function buildEmbeddingBody(
  provider: Provider,
  { model, input, parameters }: EmbeddingRequest,
): Record<string, unknown> {
  return { ...findModel(provider, model).extraBody, ...parameters, model, input };
}

/**
 * A provider's answer with status 200 as vectors. Throws ProviderFailure where it is none, or has another number of
 * vectors than there are inputs.
 */
export function readEmbeddings(
  provider: Provider,
  request: EmbeddingRequest,
  answer: unknown,
  now: number,
): EmbeddingReply {
  const parsed = Embeddings.safeParse(answer);
  if (!parsed.success || holdsError(parsed.data.error)) throw readRefusal(provider, answer, now);
  const { data, model } = parsed.data;
  const { prompt } = readUsage(provider, answer) ?? {};
  const told =
    prompt === undefined ? estimateUsage(request.input) : { promptTokens: prompt, completionTokens: 0 };
  const inputs = countInputs(request.input);
  if (data.length !== inputs) {
    const message = `${provider.name} answered ${data.length} vectors for ${inputs} inputs`;
    throw new ProviderFailure('outage', message, { usage: told });
  }
  return {
    data: data.map(({ index, embedding }, position) => ({
      object: 'embedding',
      index: index ?? position,
      embedding,
    })),
    usage: told,
    ...(model && { model }),
  };
}

/** One text or one list of token numbers is one input; else each member of the list is. */
export function countInputs(input: unknown): number {
  return Array.isArray(input) && !isExactNumber(input[0]) ? input.length : 1;
}

function estimateUsage(input: unknown): TokenUsage {
  const count = (value: unknown): number => {
    if (typeof value === 'string') return estimateTextTokens(value);
    if (isExactNumber(value)) return 1;
    return Array.isArray(value) ? value.reduce((sum: number, each) => sum + count(each), 0) : 0;
  };
  return { promptTokens: count(input), completionTokens: 0, estimated: true };
}
