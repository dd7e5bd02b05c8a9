// AWS::DynamoDB::Table: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-dynamodb-table.html
import { isDeepStrictEqual } from 'node:util';
import type { Value } from '../template/cloud-assembly.ts';
import type { ResolvedResource } from '../template/resolve-template.ts';
import type { ChangeListener } from './dynamodb-change.ts';
import type { Item } from './dynamodb-store.ts';

export interface Table {
  readonly name: string;
  /** Undefined without TTL. */
  readonly ttlAttribute: string | undefined;
  readonly listener: ChangeListener | undefined;
  /** What dynalite asks of a table: TableName, AttributeDefinitions, KeySchema, GlobalSecondaryIndexes. */
  readonly description: Value;
}

export function tableOf(resource: ResolvedResource, listener?: ChangeListener): Table {
  const { properties, ref: name } = resource;
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, TimeToLiveSpecification } = properties;
  return {
    name,
    ttlAttribute: TimeToLiveSpecification?.Enabled ? TimeToLiveSpecification.AttributeName : undefined,
    listener,
    description: { TableName: name, AttributeDefinitions, KeySchema, GlobalSecondaryIndexes },
  };
}

/** By content alone: what dynalite copies of an item has no prototype. */
export const isAlike = (one: Value, other: Value): boolean =>
  isDeepStrictEqual(one, other, { skipPrototype: true });

/** The attributes of an item that are its primary key. */
export const keysOf = (item: Item, { description }: Table): Item =>
  Object.fromEntries(
    description.KeySchema.map(({ AttributeName }: Value) => [AttributeName, item[AttributeName]]),
  );
