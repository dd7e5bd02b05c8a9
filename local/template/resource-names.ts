// What Ref and Fn::GetAtt return, by type:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-template-resource-type-ref.html ("Return values")
import { createHash } from 'node:crypto';
import type { Value } from './cloud-assembly.ts';

/** The account of everything on one machine. */
export const localAccount = '000000000000';

export interface NamedResource {
  readonly stack: string;
  readonly id: string;
  readonly type: string;
  /** Resolved. */
  readonly properties: Record<string, Value>;
  readonly region: string;
}

type Names = { ref: string; attributes?: Record<string, string> };

const hash = (resource: NamedResource, length = 10) =>
  createHash('sha256').update(`${resource.stack}/${resource.id}`).digest('hex').slice(0, length);

const arn = (resource: NamedResource, service: string, rest: string) =>
  `arn:aws:${service}:${resource.region}:${localAccount}:${rest}`;

const named = (resource: NamedResource, property: string, limit = 64): string =>
  resource.properties[property] ?? `${resource.stack}-${resource.id}`.slice(0, limit);

const byType: Record<string, (resource: NamedResource) => Names> = {
  'AWS::ApiGatewayV2::Api': (r) => ({
    ref: hash(r),
    attributes: {
      ApiId: hash(r),
      ApiEndpoint: `${r.properties.ProtocolType === 'WEBSOCKET' ? 'wss' : 'https'}://${hash(r)}.execute-api.${r.region}.amazonaws.com`,
    },
  }),
  'AWS::ApiGatewayV2::Authorizer': (r) => ({ ref: hash(r, 6), attributes: { AuthorizerId: hash(r, 6) } }),
  'AWS::ApiGatewayV2::Stage': (r) => ({ ref: r.properties.StageName }),
  'AWS::DynamoDB::Table': (r) => {
    const name = named(r, 'TableName', 255);
    const table = arn(r, 'dynamodb', `table/${name}`);
    return { ref: name, attributes: { Arn: table, StreamArn: `${table}/stream/local` } };
  },
  'AWS::Events::EventBus': (r) => {
    const name = named(r, 'Name');
    return { ref: name, attributes: { Arn: arn(r, 'events', `event-bus/${name}`), Name: name } };
  },
  'AWS::IAM::Role': (r) => {
    const name = named(r, 'RoleName');
    return {
      ref: name,
      attributes: { Arn: `arn:aws:iam::${localAccount}:role/${name}` },
    };
  },
  'AWS::Lambda::EventSourceMapping': (r) => ({ ref: hash(r, 12), attributes: { Id: hash(r, 12) } }),
  'AWS::Lambda::Function': (r) => {
    const name = named(r, 'FunctionName');
    return { ref: name, attributes: { Arn: arn(r, 'lambda', `function:${name}`) } };
  },
  'AWS::Lambda::Url': (r) => ({
    ref: r.properties.TargetFunctionArn,
    attributes: {
      FunctionArn: r.properties.TargetFunctionArn,
      FunctionUrl: `https://${hash(r, 32)}.lambda-url.${r.region}.on.aws/`,
    },
  }),
  'AWS::Logs::LogGroup': (r) => {
    const name = named(r, 'LogGroupName', 512);
    return { ref: name, attributes: { Arn: arn(r, 'logs', `log-group:${name}:*`) } };
  },
  'AWS::S3::Bucket': (r) => {
    const name = r.properties.BucketName ?? `${r.stack}-${r.id}`.toLowerCase().slice(0, 63);
    return { ref: name, attributes: { Arn: `arn:aws:s3:::${name}` } };
  },
  'AWS::Scheduler::Schedule': (r) => {
    const name = named(r, 'Name');
    return { ref: name, attributes: { Arn: arn(r, 'scheduler', `schedule/default/${name}`) } };
  },
  'AWS::SNS::Topic': (r) => {
    const name = named(r, 'TopicName', 256);
    return { ref: arn(r, 'sns', name), attributes: { TopicArn: arn(r, 'sns', name), TopicName: name } };
  },
  'AWS::SQS::Queue': (r) => {
    const name = named(r, 'QueueName', 80);
    const url = `https://sqs.${r.region}.amazonaws.com/${localAccount}/${name}`;
    return { ref: url, attributes: { Arn: arn(r, 'sqs', name), QueueName: name, QueueUrl: url } };
  },
};

/**
 * Like CloudFormation's, without the random part: the same template gives the same names at each start, under which
 * the data of the last one are found.
 */
export function nameResource(resource: NamedResource): Names {
  return byType[resource.type]?.(resource) ?? { ref: hash(resource) };
}
