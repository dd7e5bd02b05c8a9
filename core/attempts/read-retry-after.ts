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
  const wait =
    readNumber(headers['retry-after-ms']) ??
    readSecondsOrDate(headers['retry-after'], now) ??
    reply.retryDelayMs ??
    readResets(headers, now) ??
    readSentence(reply.message);
  return asWait(wait);
}

/** Milliseconds until the rate limits refill that an answer says it used up; undefined: none. */
export function readHoldBack(headers: ErrorReply['headers'], now: number): number | undefined {
  return asWait(readResets(headers, now)) || undefined;
}

function asWait(milliseconds: number | undefined): number | undefined {
  if (milliseconds === undefined || milliseconds < 0 || milliseconds > longest) return undefined;
  return Math.ceil(milliseconds);
}

function readNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\s*\d+(\.\d+)?\s*$/.test(text)) return undefined;
  return Number(text);
}

function readSecondsOrDate(text: string | undefined, now: number): number | undefined {
  const seconds = readNumber(text);
  if (seconds !== undefined) return seconds * 1_000;
  const date = Date.parse(text ?? '');
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Headers in pairs: what is left of a limit, and when it is full again (a duration, a date or seconds). */
const limits = [
  ['x-ratelimit-remaining-requests', 'x-ratelimit-reset-requests'],
  ['x-ratelimit-remaining-tokens', 'x-ratelimit-reset-tokens'],
  ['x-ratelimit-remaining', 'x-ratelimit-reset'],
  ['anthropic-ratelimit-requests-remaining', 'anthropic-ratelimit-requests-reset'],
  ['anthropic-ratelimit-tokens-remaining', 'anthropic-ratelimit-tokens-reset'],
  ['anthropic-ratelimit-input-tokens-remaining', 'anthropic-ratelimit-input-tokens-reset'],
  ['anthropic-ratelimit-output-tokens-remaining', 'anthropic-ratelimit-output-tokens-reset'],
] as const;

function readResets(headers: ErrorReply['headers'], now: number): number | undefined {
  const waits = limits.flatMap(([left, reset]) => {
    if (readNumber(headers[left]) !== 0) return [];
    const wait = readReset(headers[reset] ?? '', now);
    return wait === undefined ? [] : [wait];
  });
  return waits.length === 0 ? undefined : Math.max(...waits);
}

function readReset(text: string, now: number): number | undefined {
  const number = readNumber(text);
  // A number is seconds to wait, or, when it is large, the moment in epoch seconds.
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
