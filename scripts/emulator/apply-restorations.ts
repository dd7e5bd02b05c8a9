import { DescribeTimeToLiveCommand, DynamoDBClient, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import {
  LambdaClient,
  PutFunctionConcurrencyCommand,
  PutFunctionRecursionConfigCommand,
} from '@aws-sdk/client-lambda';
import { authorizationFor, clientOptions } from './emulator-client.ts';
import type { Restoration } from './plan-restorations.ts';
import type { Emulator } from './read-emulator.ts';

/** Sets the properties; does no harm where the emulator has set one. Throws what the emulator answers. */
export async function applyRestorations(
  emulator: Emulator,
  restorations: readonly Restoration[],
): Promise<void> {
  const dynamo = new DynamoDBClient(clientOptions(emulator));
  const lambda = new LambdaClient(clientOptions(emulator));
  for (const restoration of restorations)
    switch (restoration.kind) {
      case 'time to live':
        await enableTimeToLive(dynamo, restoration.table, restoration.attribute);
        break;
      case 'reserved concurrency':
        await lambda.send(
          new PutFunctionConcurrencyCommand({
            FunctionName: restoration.functionName,
            ReservedConcurrentExecutions: restoration.executions,
          }),
        );
        break;
      case 'recursive loop':
        await lambda.send(
          new PutFunctionRecursionConfigCommand({
            FunctionName: restoration.functionName,
            RecursiveLoop: restoration.setting,
          }),
        );
        break;
      case 'cors':
        await updateCors(emulator, restoration.apiId, restoration.configuration);
    }
}

async function enableTimeToLive(client: DynamoDBClient, table: string, attribute: string): Promise<void> {
  const { TimeToLiveDescription: found } = await client.send(
    new DescribeTimeToLiveCommand({ TableName: table }),
  );
  // Enabling it twice is an error.
  if (found?.TimeToLiveStatus === 'ENABLED' || found?.TimeToLiveStatus === 'ENABLING') return;
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: table,
      TimeToLiveSpecification: { AttributeName: attribute, Enabled: true },
    }),
  );
}

/** https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid.html#UpdateApi */
async function updateCors(
  emulator: Emulator,
  apiId: string,
  corsConfiguration: Record<string, unknown>,
): Promise<void> {
  const response = await fetch(`${emulator.endpoint}/v2/apis/${apiId}`, {
    method: 'PATCH',
    headers: {
      'content-type': 'application/json',
      authorization: authorizationFor('apigateway', emulator),
    },
    body: JSON.stringify({ corsConfiguration }),
  });
  if (!response.ok) throw new Error(`UpdateApi was answered by ${response.status}: ${await response.text()}`);
}
