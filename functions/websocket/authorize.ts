import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { createDynamoConnectionPasses } from '../../adapters/dynamo-connection-passes.ts';
import { createDynamoClient, createDynamoTable } from '../../adapters/dynamo-table.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import type { Caller } from '../../core/access/caller.ts';
import { createIdentify } from '../identify.ts';

const Variables = Environment.pick({ SETTINGS: true, STATE_TABLE: true, AUTH_PARAMETER: true });
const environment = readEnvironment(Variables, process.env);
/**
 * Hardly remembered: the sweeper closes what a revoked token opened, and nothing may be opened behind its back. SSM answers few
 * reads a second, so a storm of connections asks it but now and then.
 */
const identify = createIdentify(environment, { tokensMs: 0, authTokenMs: 2_000 });
const passes = createDynamoConnectionPasses({
  table: createDynamoTable({ client: createDynamoClient(), tableName: environment.STATE_TABLE }),
});

/**
 * Lambda authorizer of $connect: takes a bearer token, or a browser's connection pass (`?ticket=`). API
 * Gateway hands the tenant, and by what it was let in, to every later event of the connection.
 */
export const handler = async (
  event: APIGatewayRequestAuthorizerEvent,
): Promise<APIGatewayAuthorizerResult> => {
  const caller = await findCaller(event);
  // API Gateway answers 401 for this message alone: docs.aws.amazon.com, apigateway-use-lambda-authorizer.
  if (caller === undefined) throw new Error('Unauthorized');
  const { tenant, credential } = caller;
  const Effect = caller.scopes.includes('read') ? 'Allow' : 'Deny';
  return {
    principalId: tenant,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect, Resource: event.methodArn }],
    },
    context: { tenant, ...(credential !== undefined && { credential }) },
  };
};

async function findCaller(event: APIGatewayRequestAuthorizerEvent): Promise<Caller | undefined> {
  const headers = Object.entries(event.headers ?? {});
  const header = headers.find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  const pass = event.queryStringParameters?.ticket;
  if (header || !pass) return identify(header);
  const owner = await passes.redeem(pass, Date.now());
  // Whoever may not read gets no pass.
  return owner && { ...owner, scopes: ['read'] };
}
