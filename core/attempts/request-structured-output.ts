import type { FieldFault } from '../service-error.ts';
import { buildRepairMessages } from '../task-types/build-messages.ts';
import type { JsonSchema, JsonSchemas } from '../task-types/json-schemas.ts';
import type { TokenUsage } from '../tasks/task.ts';
import type { ChatReply, ChatRequest, LanguageModel } from './language-model.ts';
import { asProviderFailure, ProviderFailure } from './provider-failure.ts';

export interface StructuredReply {
  content: string;
  data: unknown;
  finishReason: string;
  usage: TokenUsage;
  /** The first answer broke the schema and the second did not. */
  repaired: boolean;
  holdBackMs?: number | undefined;
  rateLimits?: ChatReply['rateLimits'];
}

/**
 * Asks for JSON and checks it. An answer that breaks the schema is shown to the model once, with its faults.
 * Throws ProviderFailure `invalid_output` when the second answer breaks it too, and what the model throws.
 */
export async function requestStructuredOutput(
  languageModel: LanguageModel,
  schemas: JsonSchemas,
  request: ChatRequest,
  schema: JsonSchema,
  beforeRepair: (request: ChatRequest) => Promise<void>,
): Promise<StructuredReply> {
  const first = await languageModel.complete(request);
  const firstReading = await read(schemas, schema, first);
  if (firstReading.faults.length === 0) return shape(first, firstReading, first.usage, false);

  const messages = buildRepairMessages(request.messages, first.content, firstReading.faults);
  // What was told of the first answer cannot be taken back by telling a second.
  const repair = { ...request, messages, onDelta: undefined };
  const asking = beforeRepair(repair).then(() => languageModel.complete(repair));
  const second = await asking.catch((error: unknown) => {
    if (request.signal.aborted) throw error;
    // The first answer was paid for, whatever came of the second call, or of what had to come before it.
    const failure = asProviderFailure(error);
    failure.usage = failure.usage ? addUsage(first.usage, failure.usage) : first.usage;
    throw failure;
  });
  const usage = addUsage(first.usage, second.usage);
  const secondReading = await read(schemas, schema, { ...second, usage });
  if (secondReading.faults.length > 0)
    throw new ProviderFailure('invalid_output', describeFaults(secondReading.faults), { usage });
  return shape(second, secondReading, usage, true);
}

interface Reading {
  data: unknown;
  faults: FieldFault[];
}

async function read(schemas: JsonSchemas, schema: JsonSchema, reply: ChatReply): Promise<Reading> {
  const parsed = schemas.parse(reply.content);
  if (parsed) {
    const verdict = await schemas.validate(schema, parsed.value);
    // Another answer would take as long: it is not asked for.
    if (verdict.kind === 'too long')
      throw new ProviderFailure(
        'invalid_output',
        'Checking the answer against response_schema takes too long',
        {
          usage: reply.usage,
        },
      );
    return { data: parsed.value, faults: verdict.faults };
  }
  const detail = reply.finishReason === 'length' ? 'was cut off: be shorter' : 'is not JSON';
  return { data: undefined, faults: [{ pointer: '', detail }] };
}

function shape(reply: ChatReply, { data }: Reading, usage: TokenUsage, repaired: boolean): StructuredReply {
  const { content, finishReason, holdBackMs, rateLimits } = reply;
  return { content, data, finishReason, usage, repaired, holdBackMs, rateLimits };
}

/** Names places and rules but no values, which may be confidential. */
function describeFaults(faults: FieldFault[]): string {
  const list = faults.slice(0, 3).map(({ pointer, detail }) => `${pointer || 'the answer'} ${detail}`);
  return `The model's answer does not satisfy the schema, nor does its repair: ${list.join('; ')}`;
}

function addUsage(one: TokenUsage, other: TokenUsage): TokenUsage {
  const cached = (one.cachedPromptTokens ?? 0) + (other.cachedPromptTokens ?? 0);
  return {
    promptTokens: one.promptTokens + other.promptTokens,
    completionTokens: one.completionTokens + other.completionTokens,
    ...(cached > 0 ? { cachedPromptTokens: cached } : {}),
  };
}
