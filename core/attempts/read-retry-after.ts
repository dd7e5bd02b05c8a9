import { parseDuration } from '../duration.ts';
import type { ErrorReply } from './error-reply.ts';

/** A longer wait is ignored: it comes from a clock that differs, or a header in another unit. */
const longest = 24 * 3_600_000;

/**
 * Milliseconds the provider asks to wait before the next call: `retry-after-ms`, `Retry-After` (seconds or a
 * date, RFC 9110 §10.2.3), Gemini's RetryInfo, the last reset among the rate limits that are used up, or the
 * sentence "try again in 1.5s". Undefined where it says nothing.
 */
export function readRetryAfter(reply: ErrorReply, now: number): number | undefined {
  const { headers } = reply;
  return (
    asWait(readNumber(headers['retry-after-ms'])) ??
    asWait(readSecondsOrDate(headers['retry-after'], now)) ??
    asWait(reply.retryDelayMs) ??
    readResets(headers, now) ??
    asWait(readSentence(reply.message))
  );
}

/** Milliseconds until the rate limits refill that an answer says it used up; undefined: none. */
export function readHoldBack(headers: ErrorReply['headers'], now: number): number | undefined {
  return readResets(headers, now) || undefined;
}

function asWait(milliseconds: number | undefined): number | undefined {
  // Said so that NaN is no wait either.
  const isOne = milliseconds !== undefined && milliseconds >= 0 && milliseconds <= longest;
  return isOne ? Math.ceil(milliseconds) : undefined;
}

function readNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\s*\d+(\.\d+)?\s*$/.test(text)) return undefined;
  return Number(text);
}

function readSecondsOrDate(text: string | undefined, now: number): number | undefined {
  const seconds = readNumber(text);
  if (seconds !== undefined) return seconds * 1_000;
  // Each form of a date has a time of day; without one, "-5" is a date to Date.parse.
  const date = /:\d\d/.test(text ?? '') ? Date.parse(text ?? '') : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Headers that say how much there is, how much is left, and when it fills again: OpenAI's durations, Anthropic's dates, Kimi's seconds. */
const limits = [
  ['x-ratelimit-limit-requests', 'x-ratelimit-remaining-requests', 'x-ratelimit-reset-requests'],
  ['x-ratelimit-limit-tokens', 'x-ratelimit-remaining-tokens', 'x-ratelimit-reset-tokens'],
  ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'],
  ...['requests', 'tokens', 'input-tokens', 'output-tokens'].map(
    (kind) =>
      [
        `anthropic-ratelimit-${kind}-limit`,
        `anthropic-ratelimit-${kind}-remaining`,
        `anthropic-ratelimit-${kind}-reset`,
      ] as const,
  ),
] as const;

function readResets(headers: ErrorReply['headers'], now: number): number | undefined {
  const waits = limits.flatMap(([limit, left, reset]) => {
    // Of a limit of nothing nothing is ever left: proxies that know no limit say so.
    if (readNumber(headers[left]) !== 0 || readNumber(headers[limit]) === 0) return [];
    return asWait(readReset(headers[reset] ?? '', now)) ?? [];
  });
  return waits.length === 0 ? undefined : Math.max(...waits);
}

function readReset(text: string, now: number): number | undefined {
  const number = readNumber(text);
  // A number is seconds to wait, or, when it is large, the moment in epoch seconds or milliseconds.
  if (number !== undefined && number > 1_000_000_000_000) return number - now;
  if (number !== undefined) return number > 1_000_000_000 ? number * 1_000 - now : number * 1_000;
  return parseDuration(text) ?? readSecondsOrDate(text, now);
}

function readSentence(message: string): number | undefined {
  const match = /(?:try again|retry) (?:in|after) ([\d.]+) ?(ms|milliseconds?|s|seconds?|m|minutes?)\b/i.exec(
    message,
  );
  if (!match) return undefined;
  const [, amount, unit = ''] = match;
  const factor = /^m(s|illi)/i.test(unit) ? 1 : /^s/i.test(unit) ? 1_000 : 60_000;
  return Number(amount) * factor;
}
