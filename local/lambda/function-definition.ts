// AWS::Lambda::Function: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-function.html
// Environment variables: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
import { randomUUID } from 'node:crypto';
import type { AccessKey } from '../access-keys.ts';
import type { ResolvedResource } from '../template/resolve-template.ts';

export interface FunctionDefinition {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  /** Directory of the code. */
  readonly directory: string;
  readonly handler: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly reservedConcurrency: number | undefined;
  readonly environment: Readonly<Record<string, string>>;
  /** A queue starts it, so its threads give way to those of functions for whose answer or event a caller waits. */
  readonly givesWay: boolean;
  /** Directory of V8's compiled code, which makes the next cold start a third cheaper. */
  readonly compileCache: string;
}

export interface FunctionSettings {
  readonly region: string;
  readonly awsEndpoint: string;
  /** Epoch milliseconds. */
  readonly hostStartedAt: number;
  readonly assets: ReadonlyMap<string, string>;
  readonly accessKey: AccessKey;
  /** Names of the functions that queues start. */
  readonly queueDriven: ReadonlySet<string>;
  readonly compileCache: string;
  /** Replaces addresses of AWS in a variable's value by local ones. */
  readonly localize: (value: string) => string;
}

/** Throws an error that names the function whose runtime or code cannot run here. */
export function defineFunction(resource: ResolvedResource, settings: FunctionSettings): FunctionDefinition {
  const { properties } = resource;
  const name = resource.ref;
  if (!String(properties.Runtime).startsWith('nodejs')) {
    throw new Error(`Function ${resource.id} has runtime ${properties.Runtime}; only nodejs runs here`);
  }
  const hash = String(properties.Code?.S3Key ?? '').replace(/\.zip$/, '');
  const directory = settings.assets.get(hash);
  if (!directory) throw new Error(`The code of function ${resource.id} is not a directory asset`);
  const memoryMb = Number(properties.MemorySize ?? 128);
  const variables = Object.entries<unknown>(properties.Environment?.Variables ?? {}).map(
    ([key, value]) => [key, settings.localize(String(value))] as const,
  );
  return {
    name,
    arn: String(resource.attributes.Arn),
    roleArn: String(properties.Role),
    directory,
    handler: properties.Handler,
    memoryMb,
    timeoutSeconds: Number(properties.Timeout ?? 3),
    compileCache: settings.compileCache,
    reservedConcurrency: properties.ReservedConcurrentExecutions,
    givesWay: settings.queueDriven.has(name),
    environment: {
      TZ: ':UTC',
      _HANDLER: properties.Handler,
      AWS_REGION: settings.region,
      AWS_DEFAULT_REGION: settings.region,
      AWS_ENDPOINT_URL: settings.awsEndpoint,
      AWS_ACCESS_KEY_ID: settings.accessKey.accessKeyId,
      AWS_SECRET_ACCESS_KEY: settings.accessKey.secretAccessKey,
      AWS_EXECUTION_ENV: `AWS_Lambda_${properties.Runtime}`,
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: properties.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: `local/[$LATEST]${randomUUID().replaceAll('-', '')}`,
      AWS_LAMBDA_LOG_FORMAT: properties.LoggingConfig?.LogFormat ?? 'Text',
      LAMBDA_TASK_ROOT: directory,
      LOCAL_HOST_STARTED_AT: String(settings.hostStartedAt),
      ...Object.fromEntries(variables),
    },
  };
}
