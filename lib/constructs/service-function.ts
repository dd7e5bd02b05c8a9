import { type CfnResource, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type Code,
  Function as LambdaFunction,
  LoggingFormat,
  type RecursiveLoop,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionDefinition, Variable } from '../function-definition.ts';
import { functionName } from '../function-definition.ts';
import { localMetadataKey } from '../local-metadata.ts';
import { metricsNamespace, metricsService } from '../metric-names.ts';
import { grantUses, type ServiceResources } from '../service-resources.ts';

/** The code of an entry. Tests pass other code, so that they need not bundle. */
export type FunctionCode = (entry: string) => Code;

/** Values of the variables in this deployment; absent where what they belong to is switched off. */
export type VariableValues = Partial<Record<Variable, string>>;

export interface ServiceFunctionProps {
  stage: string;
  definition: FunctionDefinition;
  code: FunctionCode;
  variables: VariableValues;
  resources: ServiceResources;
  /** Distinguishes functions of one entry, such as the workers of two providers. */
  suffix?: string;
  reservedConcurrency?: number | undefined;
  recursiveLoop?: RecursiveLoop;
}

/** A function with a role and a log group of its own, and only the variables and permissions that it uses. */
export class ServiceFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id);
    const { definition, stage } = props;
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    logGroup.grantWrite(role);
    this.function = new LambdaFunction(this, 'Function', {
      functionName: functionName(stage, definition.entry, props.suffix),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: props.code(definition.entry),
      handler: 'index.handler',
      memorySize: definition.memory ?? 256,
      timeout: Duration.seconds(definition.timeout ?? 10),
      environment: {
        ...pickVariables(definition, props.variables),
        // Read by Powertools' logger and metrics; alarms find the metrics by them.
        POWERTOOLS_SERVICE_NAME: metricsService(stage),
        POWERTOOLS_METRICS_NAMESPACE: metricsNamespace,
      },
      role,
      logGroup,
      // Of an invocation that goes well Lambda then writes nothing, which cost more than what functions write.
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: SystemLogLevel.WARN,
      ...(props.reservedConcurrency !== undefined && {
        reservedConcurrentExecutions: props.reservedConcurrency,
      }),
      ...(props.recursiveLoop !== undefined && { recursiveLoop: props.recursiveLoop }),
    });
    if (definition.startsWarm)
      (this.function.node.defaultChild as CfnResource).addMetadata(localMetadataKey, { warm: true });
    grantUses(definition.uses, props.resources, this.function);
  }
}

/** 4 KB are the most: what has no bound is in the bundle (config/deployed.ts). */
function pickVariables(definition: FunctionDefinition, values: VariableValues): Record<string, string> {
  return Object.fromEntries(
    definition.environment.flatMap((name) => {
      const value = values[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
