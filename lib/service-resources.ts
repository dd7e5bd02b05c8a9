import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import type { IConstruct } from 'constructs';
import type { ProviderQueues } from './constructs/provider-queues.ts';
import { type StateRows, stateRows } from './state-rows.ts';

type Grantee = IGrantable & IConstruct;

/** Resources that functions use. */
export interface ServiceResources {
  taskTable: Table;
  stateTable: Table;
  payloadBucket: Bucket;
  fileBucket: Bucket;
  eventBus: EventBus;
  providerQueues: readonly ProviderQueues[];
  webhookQueue: Queue;
  shareQueue: Queue;
  /** Physical names, because the workers are made after the functions that invoke them. */
  workerFunctions: readonly string[];
  /** The same. */
  batchFunction: string;
  /** Undefined where LLM_ENABLE_WEBSOCKET is false. */
  webSocketStage: WebSocketStage | undefined;
  authParameter: string;
  webhookSecretParameter: string;
}

type TableAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'BatchWriteItem';
type QueueAction =
  | 'SendMessage'
  | 'ReceiveMessage'
  | 'DeleteMessage'
  | 'ChangeMessageVisibility'
  | 'GetQueueAttributes';

/** What a function does with what; its role may do this and nothing more. */
export type Uses = {
  /** Queries are of the indexes. */
  tasks?: readonly TableAction[];
  payloads?: readonly ('GetObject' | 'PutObject' | 'DeleteObject')[];
  fileContents?: readonly ('GetObject' | 'PutObject' | 'DeleteObject')[];
  /** Of every provider, as are the next two. */
  taskQueues?: readonly QueueAction[];
  ticketQueues?: readonly QueueAction[];
  deadQueues?: readonly QueueAction[];
  webhookQueue?: readonly QueueAction[];
  shareQueue?: readonly QueueAction[];
  /** Of every provider, with a streamed answer or without. */
  workers?: readonly 'InvokeFunction'[];
  batchRunner?: readonly 'InvokeFunction'[];
  eventBus?: readonly 'PutEvents'[];
  connections?: readonly 'ManageConnections'[];
  authToken?: readonly 'GetParameter'[];
  webhookSecrets?: readonly 'GetParameter'[];
} & {
  /** Rows of the state table. */
  [Rows in StateRows]?: readonly TableAction[];
};

/** Where each use is: the service that its actions belong to, and the ARNs. */
const places: Record<
  Exclude<keyof Uses, StateRows | 'tasks'>,
  { service: string; arns(resources: ServiceResources, grantee: Grantee): string[] }
> = {
  payloads: { service: 's3', arns: ({ payloadBucket }) => [payloadBucket.arnForObjects('*')] },
  fileContents: { service: 's3', arns: ({ fileBucket }) => [fileBucket.arnForObjects('*')] },
  taskQueues: { service: 'sqs', arns: (resources) => queueArns(resources, ({ tasks }) => tasks) },
  ticketQueues: { service: 'sqs', arns: (resources) => queueArns(resources, ({ tickets }) => [tickets]) },
  deadQueues: { service: 'sqs', arns: (resources) => queueArns(resources, ({ dead }) => [dead]) },
  webhookQueue: { service: 'sqs', arns: ({ webhookQueue }) => [webhookQueue.queueArn] },
  shareQueue: { service: 'sqs', arns: ({ shareQueue }) => [shareQueue.queueArn] },
  workers: {
    service: 'lambda',
    arns: ({ workerFunctions }, grantee) => workerFunctions.map((name) => functionArn(grantee, name)),
  },
  batchRunner: {
    service: 'lambda',
    arns: ({ batchFunction }, grantee) => [functionArn(grantee, batchFunction)],
  },
  eventBus: { service: 'events', arns: ({ eventBus }) => [eventBus.eventBusArn] },
  connections: {
    service: 'execute-api',
    arns: ({ webSocketStage }) => (webSocketStage ? [connectionsArn(webSocketStage)] : []),
  },
  authToken: { service: 'ssm', arns: ({ authParameter }, grantee) => [parameterArn(grantee, authParameter)] },
  webhookSecrets: {
    service: 'ssm',
    arns: ({ webhookSecretParameter }, grantee) => [parameterArn(grantee, webhookSecretParameter)],
  },
};

export function grantUses(uses: Uses, resources: ServiceResources, grantee: Grantee): void {
  const { tasks = [], ...others } = uses;
  const { tableArn } = resources.taskTable;
  const ofTable = tasks.filter((action) => action !== 'Query');
  if (ofTable.length > 0) allow(grantee, [tableArn], 'dynamodb', ofTable);
  if (tasks.includes('Query')) allow(grantee, [`${tableArn}/index/*`], 'dynamodb', ['Query']);
  for (const [use, actions] of Object.entries(others) as [Exclude<keyof Uses, 'tasks'>, string[]][]) {
    if (isStateRows(use)) {
      const leadingKeys = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [...stateRows[use]] } };
      allow(grantee, [resources.stateTable.tableArn], 'dynamodb', actions, leadingKeys);
    } else {
      const { service, arns } = places[use];
      allow(grantee, arns(resources, grantee), service, actions);
    }
  }
}

function isStateRows(use: keyof Uses): use is StateRows {
  return use in stateRows;
}

function queueArns(
  { providerQueues }: ServiceResources,
  choose: (queues: ProviderQueues) => readonly IQueue[],
): string[] {
  return providerQueues.flatMap((queues) => choose(queues).map(({ queueArn }) => queueArn));
}

export function parameterArn(scope: IConstruct, name: string): string {
  return Stack.of(scope).formatArn({ service: 'ssm', resource: 'parameter', resourceName: name.slice(1) });
}

/** Without a qualifier, as the service invokes functions: one that names a version would need a grant of its own. */
function functionArn(scope: IConstruct, resourceName: string): string {
  const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
  return Stack.of(scope).formatArn({ service: 'lambda', resource: 'function', resourceName, arnFormat });
}

/** @param actions without their service */
export function allow(
  grantee: IGrantable,
  resources: string[],
  service: string,
  actions: readonly string[],
  conditions?: Record<string, Record<string, string[]>>,
): void {
  if (resources.length === 0) return;
  const named = actions.map((action) => `${service}:${action}`);
  grantee.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({ actions: named, resources, ...(conditions && { conditions }) }),
  );
}

function connectionsArn(stage: WebSocketStage): string {
  return Stack.of(stage).formatArn({
    service: 'execute-api',
    resource: stage.api.apiId,
    resourceName: `${stage.stageName}/*/@connections/*`,
  });
}
