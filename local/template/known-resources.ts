// What the host knows of a template. All else stops the start, by name: what is ignored is a difference between this
// machine and AWS that nobody chose.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-template-resource-type-ref.html
import type { Stack, TemplateResource } from './cloud-assembly.ts';

/**
 * The types that are served, each with the properties that are served or that change nothing on one machine, such as
 * a log format.
 */
const served: Record<string, string> = {
  'AWS::ApiGatewayV2::Api': 'CorsConfiguration Name ProtocolType RouteSelectionExpression',
  'AWS::ApiGatewayV2::Authorizer': 'ApiId AuthorizerType AuthorizerUri IdentitySource Name',
  'AWS::ApiGatewayV2::Integration':
    'ApiId IntegrationType IntegrationUri PayloadFormatVersion TimeoutInMillis',
  'AWS::ApiGatewayV2::Route': 'ApiId AuthorizationType AuthorizerId RouteKey Target',
  'AWS::ApiGatewayV2::Stage': 'AccessLogSettings ApiId AutoDeploy DefaultRouteSettings StageName',
  'AWS::DynamoDB::Table':
    'AttributeDefinitions BillingMode DeletionProtectionEnabled GlobalSecondaryIndexes KeySchema ' +
    'PointInTimeRecoverySpecification StreamSpecification TableName TimeToLiveSpecification',
  'AWS::Events::EventBus': 'Name',
  'AWS::IAM::Policy': 'PolicyDocument PolicyName Roles',
  'AWS::IAM::Role': 'AssumeRolePolicyDocument RoleName',
  'AWS::Lambda::EventSourceMapping':
    'BatchSize BisectBatchOnFunctionError DestinationConfig Enabled EventSourceArn FilterCriteria FunctionName ' +
    'FunctionResponseTypes MaximumBatchingWindowInSeconds MaximumRecordAgeInSeconds MaximumRetryAttempts ' +
    'ParallelizationFactor ScalingConfig StartingPosition',
  'AWS::Lambda::Function':
    'Architectures Code Environment FunctionName Handler LoggingConfig MemorySize RecursiveLoop ' +
    'ReservedConcurrentExecutions Role Runtime Timeout',
  'AWS::Lambda::Permission':
    'Action FunctionName FunctionUrlAuthType InvokedViaFunctionUrl Principal SourceArn',
  'AWS::Lambda::Url': 'AuthType Cors InvokeMode TargetFunctionArn',
  'AWS::S3::Bucket': 'BucketEncryption BucketName LifecycleConfiguration PublicAccessBlockConfiguration',
  'AWS::SQS::Queue': 'MessageRetentionPeriod QueueName RedrivePolicy VisibilityTimeout',
  'AWS::Scheduler::Schedule': 'FlexibleTimeWindow ScheduleExpression ScheduleExpressionTimezone State Target',
};

/** Types without behaviour on one machine: alarms ring nowhere, and one person owns everything. */
const accepted = new Set([
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::Logs::LogGroup',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
]);

/** Properties that change nothing here, whatever has them. */
const descriptive = ['Description', 'Tags'];

/** CDK's rule on its bootstrap version, with its parameter, says nothing of the service. */
const sections = new Set(['Resources', 'Outputs', 'Metadata', 'Description', 'Parameters', 'Rules']);

/** Throws an error that names everything the host would have to ignore. */
export function refuseUnknown(stacks: readonly Stack[]): void {
  const unknown = stacks.flatMap(({ name, template }) => [
    ...Object.keys(template)
      .filter((section) => !sections.has(section))
      .map((section) => `${section} of ${name}`),
    ...Object.entries(template.Resources ?? {}).flatMap(([id, resource]) =>
      unknownIn(resource).map((what) => `${what} (${id} in ${name})`),
    ),
  ]);
  if (unknown.length > 0) {
    throw new Error(
      `The local host does not know these parts of the templates: ${unknown.join(', ')}. ` +
        'Serve them in local/, and list them in local/template/known-resources.ts.',
    );
  }
}

function unknownIn({ Type, Properties = {} }: TemplateResource): string[] {
  if (accepted.has(Type)) return [];
  const known = served[Type]?.split(' ').concat(descriptive);
  if (!known) return [Type];
  return Object.keys(Properties)
    .filter((property) => !known.includes(property))
    .map((property) => `${Type}.${property}`);
}
