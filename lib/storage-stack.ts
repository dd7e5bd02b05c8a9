import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { fileObjectLives } from '../config/file-lives.ts';
import type { Settings } from '../config/settings.ts';
import { boundOfLifeMs } from '../config/task-lives.ts';
import type { DeploymentTarget } from './deployment-target.ts';

export interface StorageStackProps extends StackProps {
  settings: Settings;
  target: DeploymentTarget;
}

const day = 86_400_000;

/** What is kept apart from what runs: tables, payloads, and the event bus, on which others have rules. */
export class StorageStack extends Stack {
  readonly taskTable: Table;
  readonly stateTable: Table;
  readonly payloadBucket: Bucket;
  readonly fileBucket: Bucket;
  readonly eventBus: EventBus;

  constructor(scope: Construct, id: string, props: StorageStackProps) {
    super(scope, id, props);
    const { settings, target } = props;
    const removalPolicy = target.retainsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    const table = {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: 'ttl',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: target.retainsData },
      deletionProtection: target.retainsData,
      removalPolicy,
    };

    this.taskTable = new Table(this, 'TaskTable', { ...table, stream: StreamViewType.NEW_AND_OLD_IMAGES });
    // KEYS_ONLY, so that a change of status writes no index entry.
    for (const [indexName, name] of [
      ['by-time', 'list'],
      ['by-batch', 'batch'],
      ['open', 'open'],
    ] as const)
      this.taskTable.addGlobalSecondaryIndex({
        indexName,
        partitionKey: { name: `${name}_pk`, type: AttributeType.STRING },
        sortKey: { name: `${name}_sk`, type: AttributeType.STRING },
        projectionType: ProjectionType.KEYS_ONLY,
      });

    this.stateTable = new Table(this, 'StateTable', table);

    const bucket = {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy,
    };
    this.payloadBucket = new Bucket(this, 'PayloadBucket', {
      ...bucket,
      lifecycleRules: [
        {
          // Counts from the acceptance of a task, while a row's time to live counts from the task's end.
          expiration: Duration.days(Math.ceil((settings.retentionMs + boundOfLifeMs(settings)) / day) + 1),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    });

    this.fileBucket = new Bucket(this, 'FileBucket', {
      ...bucket,
      // By how long its file is needed, which the beginning of an object's key says.
      lifecycleRules: fileObjectLives.map((days) => ({
        prefix: `${days}d/`,
        expiration: Duration.days(days),
      })),
    });

    this.eventBus = new EventBus(this, 'EventBus', { eventBusName: `llm-${settings.stage}` });
    // Others have rules on it, with which it could not be deleted.
    this.eventBus.applyRemovalPolicy(removalPolicy);

    new CfnOutput(this, 'TaskTableName', { value: this.taskTable.tableName });
    new CfnOutput(this, 'StateTableName', { value: this.stateTable.tableName });
    new CfnOutput(this, 'PayloadBucketName', { value: this.payloadBucket.bucketName });
    new CfnOutput(this, 'FileBucketName', { value: this.fileBucket.bucketName });
    new CfnOutput(this, 'EventBusName', { value: this.eventBus.eventBusName });
  }
}
