import { type CfnElement, Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { ServiceStage } from './service-stage.ts';

/** Accepts findings of cdk-nag (AwsSolutions), each with its reason. Any other finding fails the synth. */
export function acknowledgeFindings({ storage, service, dataIsRetained }: ServiceStage): void {
  for (const bucket of [storage.payloadBucket, storage.fileBucket])
    acknowledge(
      bucket,
      'S1',
      'Only this service reads it, by one role a function; CloudTrail data events audit it where asked for.',
    );
  if (!dataIsRetained)
    for (const table of [storage.taskTable, storage.stateTable])
      acknowledge(table, 'DDB3', 'Data on one machine or an emulator need not be restored.');

  const { http, webSocket } = service;
  for (const route of http.openRoutes) acknowledge(route, 'APIG4', 'A route that is public in the API.');
  for (const route of http.checkedRoutes)
    acknowledge(
      route,
      'APIG4',
      'Its function checks the bearer token, and asks for none where the deployment is open (context open=true): docs/decisions/2026-11-token-check.md.',
    );
  if (webSocket) {
    const reason = 'API Gateway authorizes a WebSocket once, on $connect.';
    for (const route of webSocket.unauthorizedRoutes) acknowledge(route, 'APIG4', reason);
    acknowledgeWildcard(
      service,
      `arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<${logicalId(webSocket.api)}>/ws/*/@connections/*`,
      'A connection has its id only when a client connects.',
    );
    if (webSocket.logRole)
      acknowledge(
        webSocket.logRole,
        'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
        'The role that API Gateway asks for to write logs of an account, as AWS documents it.',
      );
  }

  for (const queues of service.providerQueues)
    acknowledge(queues.tickets, 'SQS3', 'A lost ticket loses no task: the sweeper sends new ones.');
  acknowledge(service.deadEvents, 'SQS3', 'It is the failure queue of the stream, which cdk-nag cannot see.');

  const imported = (arn: string): string => storage.resolve(storage.exportValue(arn))['Fn::ImportValue'];
  acknowledgeWildcard(
    service,
    `${imported(storage.taskTable.tableArn)}/index/*`,
    'The indexes of a table are used by the functions that use the table.',
  );
  for (const bucket of [storage.payloadBucket, storage.fileBucket])
    acknowledgeWildcard(
      service,
      `${imported(bucket.bucketArn)}/*`,
      'An object has its key only when a task is accepted, or a file comes.',
    );
  for (const reader of [service.publisher, service.changeCounter])
    acknowledgeWildcard(
      // Its role is beside it.
      reader.node.scope ?? reader,
      '*',
      'dynamodb:ListStreams, which an event source mapping needs, takes no resource.',
    );
  for (const scheduled of [service.sweeper, service.shareRepeater, service.batchRunner])
    acknowledgeWildcard(
      service,
      `<${logicalId(scheduled)}.Arn>:*`,
      'EventBridge Scheduler is given every version of the functions it invokes.',
    );
}

function acknowledge(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions-${rule}`, reason });
}

function acknowledgeWildcard(construct: IConstruct, resource: string, reason: string): void {
  acknowledge(construct, `IAM5[Resource::${resource}]`, reason);
}

function logicalId(construct: IConstruct): string {
  return Stack.of(construct).getLogicalId(construct.node.defaultChild as CfnElement);
}
