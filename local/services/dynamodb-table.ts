// AWS::DynamoDB::Table: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-dynamodb-table.html

import type { Value } from '../template/cloud-assembly.ts';
import type { ResolvedResource } from '../template/resolve-template.ts';
import type { ChangeListener } from './dynamodb-writer.ts';

export interface Table {
  readonly name: string;
  readonly arn: string;
  readonly streamArn: string | undefined;
  ttlAttribute: string | undefined;
  readonly listener: ChangeListener | undefined;
  /** As dynalite keeps it. */
  readonly description: Value;
}

export function tableOf(resource: ResolvedResource, listener?: ChangeListener): Table {
  const { properties, ref: name } = resource;
  const arn = String(resource.attributes.Arn);
  const ttl = properties.TimeToLiveSpecification;
  const throughput = { ReadCapacityUnits: 0, WriteCapacityUnits: 0, NumberOfDecreasesToday: 0 };
  const indexes = (list: Value[] | undefined) =>
    list?.map((index) => ({
      ...index,
      IndexArn: `${arn}/index/${index.IndexName}`,
      IndexStatus: 'ACTIVE',
      IndexSizeBytes: 0,
      ItemCount: 0,
      ProvisionedThroughput: throughput,
    }));
  return {
    name,
    arn,
    streamArn: properties.StreamSpecification && resource.attributes.StreamArn,
    ttlAttribute: ttl?.Enabled ? ttl.AttributeName : undefined,
    listener,
    description: {
      TableName: name,
      TableArn: arn,
      TableId: name,
      TableStatus: 'ACTIVE',
      CreationDateTime: Date.now() / 1000,
      ItemCount: 0,
      TableSizeBytes: 0,
      AttributeDefinitions: properties.AttributeDefinitions,
      KeySchema: properties.KeySchema,
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      ProvisionedThroughput: throughput,
      GlobalSecondaryIndexes: indexes(properties.GlobalSecondaryIndexes),
      LocalSecondaryIndexes: indexes(properties.LocalSecondaryIndexes),
    },
  };
}

export function describeTable(table: Table): Value {
  const stream = table.streamArn && {
    LatestStreamArn: table.streamArn,
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  };
  return { Table: { ...table.description, ...stream } };
}
