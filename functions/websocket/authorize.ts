import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { createDynamoConnectionPasses } from '../../adapters/dynamo-connection-passes.ts';
import { createDynamoClient, createDynamoTable } from '../../adapters/dynamo-table.ts';
import { createSsmSecrets } from '../../adapters/ssm-secrets.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { defaultTenant, identifyCaller } from '../../core/access/identify-caller.ts';

const Variables = Environment.pick({ SETTINGS: true, STATE_TABLE: true, AUTH_PARAMETER: true });
const environment = readEnvironment(Variables, process.env);
const secrets = createSsmSecrets({ now: Date.now });
const passes = createDynamoConnectionPasses({
  table: createDynamoTable({ client: createDynamoClient(), tableName: environment.STATE_TABLE }),
});

/**
 * Lambda authorizer of $connect: takes a bearer token, or a browser's connection pass (`?ticket=`). API
 * Gateway hands the tenant to every later event of the connection.
 */
export const handler = async (
  event: APIGatewayRequestAuthorizerEvent,
): Promise<APIGatewayAuthorizerResult> => {
  const tenant = environment.SETTINGS.open ? defaultTenant : await identify(event);
  // API Gateway answers 401 for this message alone: docs.aws.amazon.com, apigateway-use-lambda-authorizer.
  if (tenant === undefined) throw new Error('Unauthorized');
  return {
    principalId: tenant,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: event.methodArn }],
    },
    context: { tenant },
  };
};

async function identify(event: APIGatewayRequestAuthorizerEvent): Promise<string | undefined> {
  const headers = Object.entries(event.headers ?? {});
  const header = headers.find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  if (header) return identifyCaller(header, await secrets.read(environment.AUTH_PARAMETER));
  const pass = event.queryStringParameters?.ticket;
  return pass ? passes.redeem(pass, Date.now()) : undefined;
}
