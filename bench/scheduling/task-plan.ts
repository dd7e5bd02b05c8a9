import type { TaskRequest } from '../../client/wire.ts';
import { custom } from '../../core/task-types/custom.ts';
import { estimateTokens } from '../../core/task-types/estimate-tokens.ts';

/** One task of a scenario. */
export interface TaskPlan {
  priority?: 'high' | 'normal' | 'low';
  /** Default `custom`. The others answer JSON. */
  type?: 'custom' | 'translation' | 'text_summarization';
  timeout?: string;
  /** Tokens that a call of it is charged and uses; absent: no `max_tokens`, and few are used. */
  tokens?: number;
  /** Tasks with the same number are equal: one call answers them all. */
  equal?: number;
  provider?: string;
  /** Asks for JSON, so that the provider can answer something else. */
  asksForJson?: boolean;
  maxRetries?: number;
  /** Fills the prompt up to about this length. */
  promptBytes?: number;
}

/** A call that says nothing else uses so many. */
const fewTokens = 22;

const answerSchema = {
  type: 'object',
  properties: { answer: { type: 'string' } },
  required: ['answer'],
  additionalProperties: false,
};

/** Numbers of equal tasks begin here, so that they are no task's own. */
const firstEqual = 1_000_000;

/** The body of a request; the prompt tells the recording provider `#<task>/<tokens>/<type>#`. */
export function toRequest(number: number, plan: TaskPlan): TaskRequest {
  const { priority = 'normal', type = 'custom', tokens, equal, maxRetries, promptBytes = 0 } = plan;
  const asked = equal === undefined ? number : firstEqual + equal;
  const prompt = `Answer #${asked}/${tokens ?? fewTokens}/${type}#`.padEnd(promptBytes, ' word');
  const responseSchema = plan.asksForJson || type !== 'custom' ? answerSchema : undefined;
  const input = { prompt, responseSchema };
  return {
    type,
    prompt,
    priority,
    config: {
      cache_enabled: equal !== undefined,
      ...(plan.timeout && { timeout: plan.timeout }),
      ...(plan.provider && { provider: plan.provider }),
      ...(responseSchema && { response_schema: responseSchema }),
      ...(maxRetries !== undefined && { max_retries: maxRetries }),
      // The service charges its estimate of the prompt and this.
      ...(tokens !== undefined && { max_tokens: tokens - estimateTokens(custom, input, undefined).prompt }),
    },
  };
}
