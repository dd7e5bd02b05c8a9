import { setTimeout as sleep } from 'node:timers/promises';
import {
  type DynamoDBClient,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { conditional, expressions, placeholders, toAttributes } from './dynamo-expressions.ts';
import type { Item, ItemKey, ItemUpdate } from './dynamo-item.ts';

/** One write of a transaction. */
export type ItemWrite =
  | { put: ItemKey & Item; condition?: string }
  | { update: ItemUpdate }
  | { delete: ItemKey; condition: string; values?: Item };

export type TransactionOutcome =
  | { applied: true }
  /** In the order of the writes: whose condition failed, and what was there instead. */
  | { applied: false; refused: { failed: boolean; item: Item | undefined }[] };

/** DynamoDB takes so many items a transaction. */
export const mostTransactionWrites = 100;

/** A rival for an item is done within milliseconds; the SDK repeats no transaction that was cancelled. */
const tries = 8;
const firstPauseMs = 20;

/** Writes all or nothing. Rivals for the same items are waited for, within a second or two. */
export async function writeTogether(
  client: DynamoDBClient,
  TableName: string,
  writes: readonly ItemWrite[],
): Promise<TransactionOutcome> {
  const command = new TransactWriteItemsCommand({
    TransactItems: writes.map((write) => toWire(TableName, write)),
  });
  for (let tried = 1; ; tried += 1)
    try {
      await client.send(command);
      return { applied: true };
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const reasons = error.CancellationReasons ?? [];
      const isRefused = reasons.some(({ Code }) => Code === 'ConditionalCheckFailed');
      if (isRefused)
        return {
          applied: false,
          refused: reasons.map(({ Code, Item: item }) => ({
            failed: Code === 'ConditionalCheckFailed',
            item: item && unmarshall(item),
          })),
        };
      if (tried === tries || !reasons.some(({ Code }) => Code === 'TransactionConflict')) throw error;
      await sleep(Math.random() * firstPauseMs * 2 ** tried);
    }
}

function toWire(TableName: string, write: ItemWrite): TransactWriteItem {
  const told = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const };
  if ('put' in write)
    return { Put: { TableName, Item: toAttributes(write.put), ...conditional(write.condition), ...told } };
  if ('update' in write)
    return {
      Update: { TableName, Key: toAttributes(write.update.key), ...expressions(write.update), ...told },
    };
  const { condition, values = {} } = write;
  return {
    Delete: {
      TableName,
      Key: toAttributes(write.delete),
      ConditionExpression: condition,
      ...placeholders([condition], values),
      ...told,
    },
  };
}
