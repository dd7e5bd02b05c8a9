import type { FieldFault } from '../service-error.ts';
import { buildRepairMessages } from '../task-types/build-messages.ts';
import type { JsonSchemas } from '../task-types/json-schemas.ts';
import type { TokenUsage } from '../tasks/task.ts';
import { addUsage } from './add-usage.ts';
import type { ChatReply, ChatRequest, LanguageModel } from './language-model.ts';
import { asProviderFailure, ProviderFailure } from './provider-failure.ts';
import { type AnswerForm, cutOffFailure, isCutOff, type Reading, readAnswer } from './read-answer.ts';

export interface StructuredReply {
  content: string;
  data: unknown;
  finishReason: string;
  usage: TokenUsage;
  /** What was put right in the answer, with places in `data`; empty: nothing. */
  repairs: FieldFault[];
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
  form: AnswerForm,
  beforeRepair: (request: ChatRequest) => Promise<void>,
): Promise<StructuredReply> {
  const first = await languageModel.complete(request);
  const firstReading = await readAnswer(schemas, form, first);
  if (firstReading.faults.length === 0) return shape(first, firstReading, first.usage);

  const broken = { ...firstReading, content: first.content, isCutOff: isCutOff(first) };
  const messages = buildRepairMessages(request.messages, form.schema, broken);
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
  const secondReading = await readAnswer(schemas, form, { ...second, usage });
  if (secondReading.faults.length > 0 && isCutOff(second))
    throw cutOffFailure(second, request.maxTokens, "The model's second answer, too,", usage);
  if (secondReading.faults.length > 0)
    throw new ProviderFailure('invalid_output', describeFaults(secondReading.faults), {
      usage,
      answer: second.content,
    });
  return shape(second, secondReading, usage);
}

function shape(reply: ChatReply, { data, repairs }: Reading, usage: TokenUsage): StructuredReply {
  const { content, finishReason, holdBackMs, rateLimits } = reply;
  return { content, data, finishReason, usage, repairs, holdBackMs, rateLimits };
}

/** Names places and rules but no values, which may be confidential. */
function describeFaults(faults: FieldFault[]): string {
  const list = faults.slice(0, 3).map(({ pointer, detail }) => `${pointer || 'the answer'} ${detail}`);
  return `The model's answer does not satisfy the schema, nor does its repair: ${list.join('; ')}`;
}
