import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { awsTarget } from '../../lib/deployment-target.ts';
import { httpRoutes } from '../../lib/http-routes.ts';
import { referredId, resourcesOf, type SynthesizedService, synthesizeService } from './synthesize-service.ts';

const root = join(import.meta.dirname, '..', '..');
const publicPaths = ['/health', '/ready', '/openapi.json'];

/** Route key → the function that serves it. */
function served({ service }: SynthesizedService): Map<string, Record<string, unknown>> {
  const functions = new Map(resourcesOf(service, 'AWS::Lambda::Function'));
  const integrations = new Map(resourcesOf(service, 'AWS::ApiGatewayV2::Integration'));
  return new Map(
    resourcesOf(service, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => {
      const integration = integrations.get(referredId(Properties.Target['Fn::Join'][1][1]));
      const uri = integration?.Properties.IntegrationUri;
      const arn = uri['Fn::GetAtt']
        ? uri
        : uri['Fn::Join'][1].find((part: object) => typeof part === 'object' && 'Fn::GetAtt' in part);
      return [Properties.RouteKey, functions.get(referredId(arn))?.Properties.Environment?.Variables ?? {}];
    }),
  );
}

test('every route, and every other path, is served by a function', () => {
  const routes = served(synthesizeService());
  for (const { method, path } of httpRoutes) assert.ok(routes.has(`${method} ${path}`), `${method} ${path}`);
  for (const key of ['$connect', '$disconnect', '$default']) assert.ok(routes.has(key), key);
});

test('only the routes in this list are public', () => {
  const open = httpRoutes.filter((route) => route.public).map(({ path }) => path);
  assert.deepEqual(open.sort(), [...publicPaths].sort());
});

test('the function of every other route is given the token’s parameter and checks the token', () => {
  const routes = served(synthesizeService());
  for (const { method, path, entry, ...route } of httpRoutes) {
    const source = readFileSync(join(root, 'functions', `${entry}.ts`), 'utf8');
    const checks = /export const handler = serveTenant\(\s*createAuthenticate\(process\.env, '\w+'\)/.test(
      source,
    );
    assert.equal(checks, !route.public, `${entry} checks the token`);
    const parameter = routes.get(`${method} ${path}`)?.AUTH_PARAMETER;
    assert.equal(parameter, route.public ? undefined : '/llm-service/test/auth-token', entry);
  }
});

test('a WebSocket is authorized on $connect, whether the caller has a header or a ticket', () => {
  const { service } = synthesizeService();
  service.hasResourceProperties('AWS::ApiGatewayV2::Route', {
    RouteKey: '$connect',
    AuthorizationType: 'CUSTOM',
  });
  const authorizers = resourcesOf(service, 'AWS::ApiGatewayV2::Authorizer');
  assert.equal(authorizers.length, 1);
  for (const [, { Properties }] of authorizers) {
    assert.equal(Properties.AuthorizerType, 'REQUEST');
    assert.deepEqual(Properties.IdentitySource ?? [], []);
  }
});

test('an open deployment says that it is, and checks the tokens of tenants all the same', () => {
  const { service, configuration } = synthesizeService({ open: true });
  assert.equal(configuration.settings.open, true);
  service.resourceCountIs('AWS::ApiGatewayV2::Authorizer', 1);
  assert.match(configuration.notices.join('\n'), /without authentication/);
});

test('access logs carry neither query strings nor headers nor addresses', () => {
  const { service } = synthesizeService();
  const stages = resourcesOf(service, 'AWS::ApiGatewayV2::Stage');
  assert.equal(stages.length, 2);
  for (const [id, { Properties }] of stages) {
    const format = Properties.AccessLogSettings.Format as string;
    assert.doesNotMatch(format, /querystring|header|sourceIp|identity|\$context\.path/i, id);
    assert.ok(Properties.DefaultRouteSettings.ThrottlingRateLimit > 0, id);
  }
});

test('access logs are in groups that need no place in the policy of the account’s logs', () => {
  const { service } = synthesizeService();
  const names = resourcesOf(service, 'AWS::Logs::LogGroup').map(
    ([, { Properties }]) => Properties.LogGroupName,
  );
  assert.deepEqual(names.filter((name) => name?.startsWith('/aws/vendedlogs/')).toSorted(), [
    '/aws/vendedlogs/llm-test-http',
    '/aws/vendedlogs/llm-test-ws',
  ]);
});

test('API Gateway gets the role that writes access logs before the stage that needs it, unless it has one', () => {
  const { service } = synthesizeService();
  const [[id, account] = ['', undefined]] = resourcesOf(service, 'AWS::ApiGateway::Account');
  const roles = new Map(resourcesOf(service, 'AWS::IAM::Role'));
  const role = roles.get(referredId(account?.Properties.CloudWatchRoleArn))?.Properties;
  assert.match(JSON.stringify(role?.ManagedPolicyArns), /AmazonAPIGatewayPushToCloudWatchLogs/);
  assert.equal(role?.AssumeRolePolicyDocument.Statement[0].Principal.Service, 'apigateway.amazonaws.com');
  const stages = service.findResources('AWS::ApiGatewayV2::Stage', { Properties: { StageName: 'ws' } });
  for (const stage of Object.values(stages)) assert.ok(stage.DependsOn.includes(id));
  const other = synthesizeService({ target: awsTarget(false) });
  other.service.resourceCountIs('AWS::ApiGateway::Account', 0);
});

test('without WebSockets there is no such API, no ticket route and nothing that sends frames', () => {
  const { service } = synthesizeService({ variables: { LLM_ENABLE_WEBSOCKET: 'false' } });
  service.resourceCountIs('AWS::ApiGatewayV2::Api', 1);
  const text = JSON.stringify(service.toJSON());
  for (const gone of ['ws-tickets', 'CONNECTIONS_URL', 'ManageConnections'])
    assert.ok(!text.includes(gone), gone);
});

test('CORS is for every origin, for those of a list, or off', () => {
  const originsOf = (variables: Record<string, string>) =>
    resourcesOf(synthesizeService({ variables }).service, 'AWS::ApiGatewayV2::Api').flatMap(
      ([, api]) => api.Properties.CorsConfiguration?.AllowOrigins ?? [],
    );
  assert.deepEqual(originsOf({ LLM_ENABLE_CORS: 'true' }), ['*']);
  const list = ['https://a.example', 'http://localhost:3000'];
  assert.deepEqual(originsOf({ LLM_CORS_ORIGINS: list.join() }), list);
  assert.deepEqual(originsOf({ LLM_ENABLE_CORS: 'false' }), []);
});
