import { Stack } from 'aws-cdk-lib';
import type { WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { IConstruct } from 'constructs';
import type { ProviderQueues } from './constructs/provider-queues.ts';

type Grantee = IGrantable & IConstruct;

/** Resources that functions use. */
export interface ServiceResources {
  taskTable: Table;
  stateTable: Table;
  payloadBucket: Bucket;
  eventBus: EventBus;
  providerQueues: readonly ProviderQueues[];
  webhookQueue: Queue;
  /** Undefined where LLM_ENABLE_WEBSOCKET is false. */
  webSocketStage: WebSocketStage | undefined;
  authParameter: string;
  webhookSecretParameter: string;
}

const read = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'];
const write = [
  ...read,
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:BatchWriteItem',
];

/** The permissions of each use. */
const grants = {
  'read tasks': ({ taskTable }, grantee) => taskTable.grant(grantee, ...read),
  'write tasks': ({ taskTable }, grantee) => taskTable.grant(grantee, ...write),
  'read state': ({ stateTable }, grantee) => stateTable.grant(grantee, ...read),
  'write state': ({ stateTable }, grantee) => stateTable.grant(grantee, ...write),
  'read payloads': ({ payloadBucket }, grantee) =>
    allow(grantee, payloadBucket.arnForObjects('*'), 's3:GetObject'),
  'write payloads': ({ payloadBucket }, grantee) =>
    allow(grantee, payloadBucket.arnForObjects('*'), 's3:PutObject'),
  'send tasks': ({ providerQueues }, grantee) => {
    for (const queues of providerQueues)
      for (const queue of queues.all) allow(grantee, queue.queueArn, 'sqs:SendMessage');
  },
  /** Waiting tasks of all providers: whoever frees what they wait for shows or ends them. */
  'hide tasks': ({ providerQueues }, grantee) => {
    for (const queues of providerQueues)
      for (const queue of queues.tasks)
        allow(grantee, queue.queueArn, 'sqs:ChangeMessageVisibility', 'sqs:DeleteMessage');
  },
  'receive dead tasks': ({ providerQueues }, grantee) => {
    for (const { dead } of providerQueues)
      allow(grantee, dead.queueArn, 'sqs:ReceiveMessage', 'sqs:DeleteMessage');
  },
  'count tasks': ({ providerQueues }, grantee) => {
    for (const queues of providerQueues)
      for (const queue of queues.all) allow(grantee, queue.queueArn, 'sqs:GetQueueAttributes');
  },
  'send webhooks': ({ webhookQueue }, grantee) => allow(grantee, webhookQueue.queueArn, 'sqs:SendMessage'),
  'put events': ({ eventBus }, grantee) => allow(grantee, eventBus.eventBusArn, 'events:PutEvents'),
  'manage connections': ({ webSocketStage }, grantee) => {
    if (webSocketStage !== undefined)
      allow(grantee, connectionsArn(webSocketStage), 'execute-api:ManageConnections');
  },
  'read auth token': ({ authParameter }, grantee) => allowParameter(grantee, authParameter),
  'read webhook secrets': ({ webhookSecretParameter }, grantee) =>
    allowParameter(grantee, webhookSecretParameter),
} satisfies Record<string, (resources: ServiceResources, grantee: Grantee) => unknown>;

export type Use = keyof typeof grants;

export function grantUses(uses: readonly Use[], resources: ServiceResources, grantee: Grantee): void {
  for (const use of uses) grants[use](resources, grantee);
}

export function allowParameter(grantee: Grantee, name: string): void {
  const arn = Stack.of(grantee).formatArn({
    service: 'ssm',
    resource: 'parameter',
    resourceName: name.slice(1),
  });
  allow(grantee, arn, 'ssm:GetParameter');
}

export function allow(grantee: IGrantable, resource: string, ...actions: string[]): void {
  grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources: [resource] }));
}

function connectionsArn(stage: WebSocketStage): string {
  return Stack.of(stage).formatArn({
    service: 'execute-api',
    resource: stage.api.apiId,
    resourceName: `${stage.stageName}/*/@connections/*`,
  });
}
