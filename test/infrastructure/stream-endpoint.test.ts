import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { StreamEndpoint, type StreamEndpointProps } from '../../lib/constructs/stream-endpoint.ts';
import { awsTarget, localTarget } from '../../lib/deployment-target.ts';
import type { FunctionDefinition } from '../../lib/function-definition.ts';
import { resourcesOf, synthesizeService } from './synthesize-service.ts';

const apiOrigin = 'https://api.example';

function synthesize(props: Partial<StreamEndpointProps> = {}) {
  const stack = new Stack(new App(), 'Test');
  const made: FunctionDefinition[] = [];
  new StreamEndpoint(stack, 'Streams', {
    definition: { entry: 'url/stream-words', environment: ['STATE_TABLE'], uses: {} },
    apiOrigin,
    corsOrigins: [],
    target: awsTarget(true),
    createFunction: (scope, definition) => {
      made.push(definition);
      return new LambdaFunction(scope, 'Function', {
        runtime: Runtime.NODEJS_24_X,
        handler: 'index.handler',
        code: Code.fromInline('export const handler = 0'),
      });
    },
    ...props,
  });
  const template = Template.fromStack(stack);
  const [, url] = resourcesOf(template, 'AWS::Lambda::Url')[0] ?? [];
  assert.ok(url);
  return { template, url, definition: made[0] };
}

test('anyone reaches the URL, which streams, and what is not a URL’s call stays forbidden', () => {
  const { template, url } = synthesize();
  assert.deepEqual([url.Properties.AuthType, url.Properties.InvokeMode], ['NONE', 'RESPONSE_STREAM']);
  const permissions = resourcesOf(template, 'AWS::Lambda::Permission').map(
    ([
      ,
      {
        Properties: { Action, Principal, FunctionUrlAuthType, InvokedViaFunctionUrl },
      },
    ]) => [Action, Principal, FunctionUrlAuthType, InvokedViaFunctionUrl] as unknown[],
  );
  assert.deepEqual(permissions, [
    ['lambda:InvokeFunctionUrl', '*', 'NONE', undefined],
    ['lambda:InvokeFunction', '*', undefined, true],
  ]);
});

test('its function checks tokens', () => {
  const { definition } = synthesize();
  assert.deepEqual(definition?.environment, ['STATE_TABLE', 'AUTH_PARAMETER']);
  assert.deepEqual(definition?.uses, { tokens: ['GetItem'], authToken: ['GetParameter'] });
});

test('pages of the HTTP API and of the origins in the configuration may call it', () => {
  const originsFor = (...corsOrigins: string[]) =>
    synthesize({ corsOrigins }).url.Properties.Cors.AllowOrigins;
  assert.deepEqual(originsFor(), [apiOrigin]);
  assert.deepEqual(originsFor('https://a.example'), [apiOrigin, 'https://a.example']);
  assert.deepEqual(originsFor('*'), ['*']);
});

test('the official client works from a browser: each header that it sends is allowed by name', () => {
  const { AllowHeaders: allowed, AllowMethods, MaxAge } = synthesize().url.Properties.Cors;
  const directory = join(import.meta.dirname, '..', '..', 'node_modules', 'openai');
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  const sources = files
    .filter((name) => name.endsWith('.mjs'))
    .map((name) => readFileSync(join(directory, name), 'utf8'))
    .join('\n');
  const sent = new Set([...sources.matchAll(/x-stainless-[a-z-]+/gi)].map(([name]) => name.toLowerCase()));
  assert.ok(sent.size > 5);
  for (const name of [...sent, 'authorization', 'content-type', 'idempotency-key', 'last-event-id'])
    assert.ok(allowed.includes(name), name);
  assert.ok(!allowed.includes('*'));
  assert.deepEqual([AllowMethods, MaxAge], [['GET', 'POST', 'DELETE'], 3600]);
});

test('pages may read what tells them when to try again and how much is left', () => {
  const exposed: string[] = synthesize().url.Properties.Cors.ExposeHeaders;
  for (const name of [
    'location',
    'retry-after',
    'x-request-id',
    'x-should-retry',
    'x-ratelimit-limit-requests',
    'x-ratelimit-remaining-tokens',
    'x-ratelimit-reset-requests',
  ])
    assert.ok(exposed.includes(name), name);
});

test('on one machine it takes its paths from the HTTP API’s port, and on AWS it has an address of its own', () => {
  const metadataFor = (target: StreamEndpointProps['target']) => {
    const { template } = synthesize({ target });
    return Object.values(template.findResources('AWS::Lambda::Url'))[0]?.Metadata;
  };
  const paths = ['/api/v1/process/stream', '/v1/'];
  assert.deepEqual(metadataFor(localTarget), { 'LlmService::Local': { paths } });
  assert.equal(metadataFor(awsTarget(true)), undefined);
});

test('the service streams at such a URL, for pages of its HTTP API, and says where', () => {
  const { service } = synthesizeService({ variables: { LLM_CORS_ORIGINS: 'https://a.example' } });
  const [[id, { Properties }] = assert.fail(), ...others] = resourcesOf(service, 'AWS::Lambda::Url');
  assert.deepEqual(others, []);
  assert.deepEqual(service.findOutputs('StreamUrl').StreamUrl?.Value, { 'Fn::GetAtt': [id, 'FunctionUrl'] });
  const [own, other] = Properties.Cors.AllowOrigins;
  assert.equal(own['Fn::GetAtt'][1], 'ApiEndpoint');
  assert.equal(other, 'https://a.example');
  service.hasResourceProperties('AWS::Lambda::Function', {
    FunctionName: 'llm-test-serve-stream',
    MemorySize: 512,
    Timeout: 900,
  });
});
