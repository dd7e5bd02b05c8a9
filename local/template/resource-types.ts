// Every resource type that the host knows. Any other type stops the start, by name: an ignored resource
// is a difference between this machine and AWS that nobody chose.
import type { Stack } from './cloud-assembly.ts';

const served = new Set([
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::DynamoDB::Table',
  'AWS::Events::EventBus',
  'AWS::Events::Rule',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Lambda::Url',
  'AWS::S3::Bucket',
  'AWS::Scheduler::Schedule',
  'AWS::SQS::Queue',
  'AWS::SSM::Parameter',
]);

/** Types without behaviour on one machine: alarms ring nowhere, and one principal owns everything. */
const accepted = new Set([
  'AWS::ApiGatewayV2::RouteResponse',
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::Logs::LogGroup',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::ResourcePolicy',
  'AWS::S3::BucketPolicy',
  'AWS::Scheduler::ScheduleGroup',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
]);

/** Throws an error that names every resource the host would have to ignore. */
export function refuseUnknownResources(stacks: readonly Stack[]): void {
  const unknown = stacks.flatMap((stack) =>
    Object.entries(stack.template.Resources ?? {})
      .filter(([, resource]) => !served.has(resource.Type) && !accepted.has(resource.Type))
      .map(([id, resource]) => `${resource.Type} (${id} in ${stack.name})`),
  );
  if (unknown.length > 0) {
    throw new Error(
      `The local host does not know these resources of the templates: ${unknown.join(', ')}. ` +
        'Serve the type in local/, or list it as accepted in local/template/resource-types.ts.',
    );
  }
}
