import * as z from 'zod';
import { taskErrorCodes } from '../core/service-error.ts';
import { type AttemptRecord, attemptOutcomes, waitReasons } from '../core/tasks/task.ts';
import { jsonText } from './parse-item.ts';

/** An attempt as a tuple: the names of its members would double the row. Times are epoch milliseconds. */
const PackedRecord = z.tuple([
  z.number(), // attempt
  z.string(), // provider
  z.string(), // model
  z.enum(waitReasons).nullable(),
  z.number(), // started
  z.number(), // ended
  z.enum(attemptOutcomes),
  z.enum(taskErrorCodes).nullable(),
  z.tuple([z.number(), z.number(), z.number().nullable()]).nullable(), // prompt, completion, cached prompt tokens
  z.number(), // USD
]);
type PackedRecord = z.infer<typeof PackedRecord>;

/** The last attempts of a task as JSON text. */
export const StoredTimeline = jsonText(z.array(PackedRecord)).transform((records) => records.map(unpack));

/** DynamoDB bills a row by the KB at each change: the oldest attempts are left out beyond these. */
const mostRecords = 10;
const mostBytes = 1_024;

/** @param records the oldest first */
export function writeTimeline(records: readonly AttemptRecord[]): {
  text: string;
  leftOut: readonly AttemptRecord[];
} {
  for (let first = Math.max(0, records.length - mostRecords); ; first += 1) {
    const kept = records.slice(first);
    const text = JSON.stringify(kept.map(pack));
    if (kept.length <= 1 || Buffer.byteLength(text) <= mostBytes)
      return { text, leftOut: records.slice(0, first) };
  }
}

function pack(record: AttemptRecord): PackedRecord {
  const { attempt, provider, model, waitedFor, startedAt, endedAt, outcome, code, usage, costUsd } = record;
  const tokens: PackedRecord[8] = usage && [
    usage.promptTokens,
    usage.completionTokens,
    usage.cachedPromptTokens ?? null,
  ];
  return [attempt, provider, model, waitedFor, startedAt, endedAt, outcome, code, tokens, costUsd];
}

function unpack(packed: PackedRecord): AttemptRecord {
  const [attempt, provider, model, waitedFor, startedAt, endedAt, outcome, code, tokens, costUsd] = packed;
  const usage = tokens && {
    promptTokens: tokens[0],
    completionTokens: tokens[1],
    ...(tokens[2] !== null && { cachedPromptTokens: tokens[2] }),
  };
  return { attempt, provider, model, waitedFor, startedAt, endedAt, outcome, code, usage, costUsd };
}
