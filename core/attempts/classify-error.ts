import type { ErrorReply } from './error-reply.ts';
import { commonRules, type ErrorRule, errorRules, kindOfStatus } from './error-rules.ts';
import { ProviderFailure } from './provider-failure.ts';
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
  return new ProviderFailure(kind, describe(provider, kind, reply), { retryAfter });
}

function fits(rule: ErrorRule, reply: ErrorReply): boolean {
  return (
    (rule.status === undefined || rule.status === reply.status) &&
    (rule.code === undefined || rule.code === reply.code || rule.code === reply.type) &&
    (rule.message === undefined || rule.message.test(reply.message))
  );
}

/**
 * Quotes the provider only where it refused the request, which the caller can correct. Its other messages may
 * name the account.
 */
function describe(provider: string, kind: string, reply: ErrorReply): string {
  const code = [reply.code, reply.type].find((name) => name !== '' && name !== String(reply.status));
  const answer = `${provider} answered ${reply.status}${code ? ` ${code.slice(0, 60)}` : ''}`;
  return kind === 'refused' && reply.message ? `${answer}: ${redact(reply.message)}` : answer;
}

function redact(message: string): string {
  return message
    .replace(/\b(sk|org|proj|ak|key)-[\w*-]{6,}/gi, '…')
    .replace(/\s+/g, ' ')
    .slice(0, 300);
}
