import * as z from 'zod';
import { durationPattern, parseDuration } from '../core/duration.ts';
import { longestDelayMs } from './settings.ts';

// Values of the configuration, as its file has them; variables are texts of the same (config/settings-variables.ts).
// Each message says what is allowed, whatever is wrong.

export function wholeNumber(least: number, most?: number) {
  const message =
    most === undefined
      ? `must be a whole number of at least ${least}`
      : `must be a whole number from ${least} to ${most}`;
  return z
    .int(message)
    .min(least, message)
    .max(most ?? 1_000_000_000, message);
}

/** `least` ≤ n ≤ `most`, such as a price. */
export function number(least: number, most: number) {
  const message = `must be a number from ${least} to ${most}`;
  return z.number(message).min(least, message).max(most, message);
}

export function text(what: string, most: number) {
  const message = `must be ${what}, of at most ${most} characters`;
  return z.string(message).regex(/\S/, message).max(most, message);
}

export const flag = z.boolean('must be true or false');

/** Text such as `1h30m`, from a millisecond to `most`; milliseconds when read. */
export function duration(most: string, examples = '30s, 5m or 1h30m') {
  const message = `must be a duration up to ${most}, such as ${examples}`;
  return z
    .string(message)
    .regex(durationPattern, message)
    .refine((value) => isWithin(value, most), message)
    .transform((value) => parseDuration(value) ?? 0);
}

function isWithin(value: string, most: string): boolean {
  const milliseconds = parseDuration(value) ?? 0;
  return milliseconds > 0 && milliseconds <= (parseDuration(most) ?? 0);
}

/** A duration, or 0. */
const delayMessage = 'must be durations up to 12h, such as 0s,5s,5m';
export const delay = z
  .string(delayMessage)
  .regex(new RegExp(`^0$|${durationPattern.source}`), delayMessage)
  .refine((value) => (parseDuration(value) ?? 0) <= longestDelayMs, delayMessage)
  .transform((value) => parseDuration(value) ?? 0);

export const port = z
  .int('must be ports from 1 to 65535, such as 8443,9443')
  .min(1, 'must be ports from 1 to 65535, such as 8443,9443')
  .max(65_535, 'must be ports from 1 to 65535, such as 8443,9443');

export const dollars = z
  .number('must be US dollars such as 10 or 2.50')
  .positive('must be US dollars, more than 0')
  .max(999_999.9999, 'must be US dollars up to 999999.9999');

const originMessage = 'must be origins such as https://app.example.com, without a path, or *';

/** An origin as browsers write it in the header, or `*`. */
export const origin = z
  .string(originMessage)
  .regex(/^(\*|https?:\/\/[^/*?#]+)$/, originMessage)
  .refine((value) => value === '*' || isOrigin(value), originMessage);

function isOrigin(value: string): boolean {
  // Every origin under a domain cannot be said: no browser, and no API Gateway, knows such a name.
  return URL.canParse(value) && new URL(value).origin === value;
}

export function oneOf<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, `must be ${listWords(values)}`);
}

/** `a, b or c`. */
export function listWords(words: readonly string[], last = 'or'): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}
