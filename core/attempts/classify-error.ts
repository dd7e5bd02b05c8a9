import type { ErrorReply } from './error-reply.ts';
import { commonRules, type ErrorRule, errorRules, kindOfStatus } from './error-rules.ts';
import { type FailureKindName, ProviderFailure } from './provider-failure.ts';
import { quoteWords } from './quote-words.ts';
import { readRetryAfter } from './read-retry-after.ts';

/**
 * What a provider's refusal means: the rules of its definition's classifier first, then the status.
 *
 * @param classifier name in `errorRules`; an unknown one throws an Error, since the definition is wrong
 */
export function classifyError(
  provider: string,
  classifier: string,
  reply: ErrorReply,
  now: number,
): ProviderFailure {
  const rules = errorRules[classifier];
  if (!rules)
    throw new Error(`The provider ${provider} names the error rules ${classifier}, which are not there`);
  const rule = [...rules, ...commonRules].find((candidate) => fits(candidate, reply));
  const kind = rule?.kind ?? kindOfStatus(reply.status);
  const retryAfter = readRetryAfter(reply, now) ?? rule?.waitMs;
  const { contextWindow } = reply;
  return new ProviderFailure(kind, describe(provider, kind, reply), { retryAfter, contextWindow });
}

function fits(rule: ErrorRule, reply: ErrorReply): boolean {
  return (
    (rule.status === undefined || rule.status === reply.status) &&
    (rule.code === undefined || rule.code === reply.code || rule.code === reply.type) &&
    (rule.message === undefined || rule.message.test(reply.message))
  );
}

/** What helps, where a repeat does not: for the caller, or for whoever runs the service. */
const advice: Partial<Record<FailureKindName, string>> = {
  model_unavailable: 'Name another model in config.model: GET /api/v1/providers lists them',
  too_long: 'Shorten the input, or name a model with a larger context window in config.model',
  content_filtered: 'Change what the task says',
  auth: "Whoever runs the service must check the provider's API key",
  quota: 'Whoever runs the service must raise the balance or limit at the provider',
};

const pageAdvice = 'A proxy answered in its place, or its base URL is wrong';

/** Says who answered what, in the provider's own words where it has any, and what to do about it. */
function describe(provider: string, kind: FailureKindName, reply: ErrorReply): string {
  const code = [reply.code, reply.type].find((name) => name !== '' && name !== String(reply.status));
  const answer = `${provider} answered ${reply.status}${code ? ` ${quoteWords(code).slice(0, 60)}` : ''}`;
  const words = quoteWords(reply.message);
  const said = `${answer}${reply.isPage ? ' with a web page' : ''}${words ? `: ${words}` : ''}`;
  const help = reply.isPage && kind === 'outage' ? pageAdvice : advice[kind];
  return help ? `${said.replace(/[.\s]+$/, '')}. ${help}` : said;
}
