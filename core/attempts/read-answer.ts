import type { FieldFault } from '../service-error.ts';
import type { JsonSchema, JsonSchemas } from '../task-types/json-schemas.ts';
import { mendValue } from '../task-types/mend-value.ts';
import type { ChatReply } from './language-model.ts';
import { ProviderFailure } from './provider-failure.ts';

/** The form that an answer must have. */
export interface AnswerForm {
  schema: JsonSchema;
  /** Whether plain slips are put right here (core/task-types/mend-value.ts), rather than by another call. */
  mends: boolean;
}

export interface Reading {
  data: unknown;
  faults: FieldFault[];
  repairs: FieldFault[];
}

export const isCutOff = ({ finishReason }: Pick<ChatReply, 'finishReason'>) => finishReason === 'length';

/** Whole values of one answer that are held against its schema. */
const mostValues = 20;

/**
 * What an answer says in its form: the first JSON value in it that satisfies the schema. Where none does, the first of all
 * and its faults.
 */
export async function readAnswer(schemas: JsonSchemas, form: AnswerForm, reply: ChatReply): Promise<Reading> {
  const readings: Reading[] = [];
  const values = await schemas.read(reply.content, isCutOff(reply));
  for (const { value, repairs } of values.slice(0, mostValues)) {
    const reading = await hold(schemas, form, reply, value);
    const all = [...(reply.repairs ?? []), ...repairs, ...reading.repairs];
    readings.push({ ...reading, repairs: all });
    if (reading.faults.length === 0) break;
  }
  const detail = isCutOff(reply) ? 'was cut off: be shorter' : 'is not JSON';
  const none = { data: undefined, faults: [{ pointer: '', detail }], repairs: [] };
  return readings.find(({ faults }) => faults.length === 0) ?? readings[0] ?? none;
}

async function hold(
  schemas: JsonSchemas,
  { schema, mends }: AnswerForm,
  reply: ChatReply,
  value: unknown,
): Promise<Reading> {
  const verdict = await schemas.validate(schema, value);
  // Another answer would take as long: it is not asked for.
  if (verdict.kind === 'too long')
    throw new ProviderFailure(
      'invalid_output',
      'Checking the answer against response_schema takes too long',
      {
        usage: reply.usage,
        answer: reply.content,
      },
    );
  const { faults } = verdict;
  const mended = mends && faults.length > 0 && !isCutOff(reply) ? mendValue(schema, value) : undefined;
  const after = mended && (await schemas.validate(schema, mended.value));
  if (mended && after?.kind === 'checked' && after.faults.length === 0)
    return { data: mended.value, faults: [], repairs: mended.repairs };
  return { data: value, faults, repairs: [] };
}

/** What is wrong with an answer that ends before it says anything, or before its JSON does. */
export function cutOffFailure(
  reply: ChatReply,
  maxTokens: number | undefined,
  what: string,
  usage = reply.usage,
): ProviderFailure {
  const { completionTokens, reasoningTokens } = reply.usage;
  const thoughts = reasoningTokens ? `, ${reasoningTokens} of them for its thoughts` : '';
  const bound = maxTokens === undefined ? "the model's own limit" : `max_tokens (${maxTokens})`;
  const advice =
    maxTokens === undefined
      ? 'set config.max_tokens if the model may write more, or ask for a shorter answer'
      : 'raise config.max_tokens, or ask for a shorter answer';
  return new ProviderFailure(
    'invalid_output',
    `${what} was cut off after ${completionTokens} tokens${thoughts}, at ${bound}: ${advice}`,
    { usage, answer: reply.content },
  );
}
