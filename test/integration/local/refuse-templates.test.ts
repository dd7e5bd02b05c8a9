import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { startHost } from '../../../local/start-host.ts';
import type { Template, Value } from '../../../local/template/cloud-assembly.ts';
import { synthesizeFixture, temporaryDirectory } from './start-fixture.ts';

type Change = (template: string) => string;

/** Changes the first resource of a type whose logical id starts with the prefix. */
function resource(type: string, prefix: string, change: (resource: Value) => void): Change {
  return (text) => {
    const template: Template = JSON.parse(text);
    const resources = Object.entries(template.Resources ?? {});
    change(resources.find(([id, { Type }]) => Type === type && id.startsWith(prefix))?.[1]);
    return JSON.stringify(template);
  };
}

const property = (type: string, prefix: string, name: string, value: Value) =>
  resource(type, prefix, ({ Properties }) => {
    Properties[name] = value;
  });

describe('the local host and a template that it cannot serve as AWS would', () => {
  let assembly: string;
  before(async () => {
    assembly = await synthesizeFixture();
  });

  const cases: [what: string, message: RegExp, change: Change][] = [
    [
      'a type that it does not know',
      /AWS::Kinesis::Stream \(DeadLetters\w+ in Fixture-Service\)/,
      resource('AWS::SQS::Queue', 'DeadLetters', (one) => {
        one.Type = 'AWS::Kinesis::Stream';
      }),
    ],
    [
      'a route that may not invoke its function',
      /Route POST \/call may not invoke .*no AWS::Lambda::Permission/,
      (text) => text.replaceAll('/*/*/call', '/*/*/other'),
    ],
    [
      'an authorizer of the HTTP API',
      /Route POST \/call has an authorizer/,
      property('AWS::ApiGatewayV2::Route', 'HttpPOSTcall', 'AuthorizationType', 'JWT'),
    ],
    [
      'a property that it does not know',
      /AWS::Lambda::Function\.Layers \(Worker\w+ in Fixture-Service\)/,
      property('AWS::Lambda::Function', 'Worker', 'Layers', []),
    ],
    [
      'a function URL that does not stream',
      /Function URL Stream\w+: only AuthType NONE with response streaming is served/,
      property('AWS::Lambda::Url', 'Stream', 'InvokeMode', 'BUFFERED'),
    ],
    [
      'a WebSocket route that messages would choose',
      /Route say of WebSocket API Sockets\w+ is not served locally/,
      property('AWS::ApiGatewayV2::Route', 'Socketsdefault', 'RouteKey', 'say'),
    ],
    [
      'an identity source of an authorizer',
      /Authorizer \w+ has an IdentitySource/,
      property('AWS::ApiGatewayV2::Authorizer', 'Sockets', 'IdentitySource', ['route.request.header.Auth']),
    ],
    [
      'another authorization than by a function',
      /Authorization AWS_IAM of \$connect is not served locally/,
      property('AWS::ApiGatewayV2::Route', 'Socketsconnect', 'AuthorizationType', 'AWS_IAM'),
    ],
    [
      'a mapping whose role may not poll',
      /role of .*Worker.* may not sqs:ReceiveMessage/,
      (text) => text.replaceAll('"sqs:ReceiveMessage"', '"sqs:ListQueues"'),
    ],
    [
      'a batching window of a queue',
      /Mapping \w+: MaximumBatchingWindowInSeconds is not served for a queue/,
      property('AWS::Lambda::EventSourceMapping', 'Worker', 'MaximumBatchingWindowInSeconds', 5),
    ],
    [
      'a schedule by cron',
      /Schedule .*rate\(1 minute\)|cron/,
      (text) => text.replace('rate(1 minute)', 'cron(0 0 * * ? *)'),
    ],
  ];
  for (const [what, message, change] of cases) {
    it(`refuses to start with ${what}`, async () => {
      const assemblyDir = temporaryDirectory();
      cpSync(assembly, assemblyDir, { recursive: true });
      const nested = join(assemblyDir, 'assembly-Fixture');
      const file = readdirSync(nested).find((name) => /Service.*\.template\.json$/.test(name)) ?? '';
      const template = readFileSync(join(nested, file), 'utf8');
      writeFileSync(join(nested, file), change(template));
      const options = { assemblyDir, dataDir: temporaryDirectory(), port: 0, quiet: true };
      const start = async () => (await startHost(options)).close(0);
      await assert.rejects(start(), message);
    });
  }
});
