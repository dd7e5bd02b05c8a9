/** Completion tokens reckoned with where the caller sets no limit: a typical structured answer. */
export const assumedCompletionTokens = 400;

/** Instructions and schema that a task type puts around the caller's text. */
const templateTokens = 200;

/**
 * About the tokens of a text: four bytes of ASCII are one, every other letter is about one of its own (Chinese and
 * Japanese average 0.6 to 1 with present tokenizers). Meant for rates and routing; the bill comes from the provider.
 */
export function estimateTextTokens(text: string): number {
  const wide = text.length - (text.match(/[\0-\x7f]/g)?.length ?? 0);
  return Math.ceil((text.length - wide) / 4 + wide);
}

export interface TokenEstimate {
  prompt: number;
  completion: number;
}

export function estimateTokens(input: {
  prompt?: string | null | undefined;
  data?: unknown;
  responseSchema?: unknown;
  maxTokens?: number | undefined;
}): TokenEstimate {
  const texts = [input.prompt ?? '', toText(input.data), toText(input.responseSchema)];
  const prompt = texts.reduce((sum, text) => sum + estimateTextTokens(text), templateTokens);
  return { prompt, completion: Math.min(input.maxTokens ?? assumedCompletionTokens, assumedCompletionTokens) };
}

function toText(value: unknown): string {
  return value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
}
