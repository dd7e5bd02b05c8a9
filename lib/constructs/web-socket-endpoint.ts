import { CfnAccount } from 'aws-cdk-lib/aws-apigateway';
import { WebSocketApi, type WebSocketRoute, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { DeploymentTarget } from '../deployment-target.ts';
import type { FunctionDefinition } from '../function-definition.ts';
import { webSocketFunctions } from '../triggered-functions.ts';
import { createAccessLog } from './access-log.ts';

export interface WebSocketEndpointProps {
  stage: string;
  target: DeploymentTarget;
}

/** The WebSocket API. `addRoutes` comes later, because the routes' functions are given its URL. */
export class WebSocketEndpoint extends Construct {
  readonly api: WebSocketApi;
  readonly stage: WebSocketStage;
  readonly url: string;
  readonly connectionsUrl: string;
  /** Role that writes access logs; undefined where the target does not set it. */
  readonly logRole: Role | undefined;
  /** All but $connect. */
  readonly unauthorizedRoutes: WebSocketRoute[] = [];

  constructor(scope: Construct, id: string, props: WebSocketEndpointProps) {
    super(scope, id);
    this.api = new WebSocketApi(this, 'Api', { apiName: `llm-${props.stage}-ws` });
    this.stage = new WebSocketStage(this, 'Stage', {
      webSocketApi: this.api,
      // API Gateway makes this the path of the URL, and clients connect to /ws.
      stageName: 'ws',
      autoDeploy: true,
      throttle: { rateLimit: 500, burstLimit: 1000 },
      accessLogSettings: createAccessLog(this, `llm-${props.stage}-ws`, accessLogMembers),
    });
    this.logRole = props.target.setsApiGatewayLogRole ? this.createLogRole() : undefined;
    const { apiBaseUrl } = props.target;
    const ownUrl = apiBaseUrl && `${apiBaseUrl}/${this.api.apiId}/${this.stage.stageName}`;
    this.url = ownUrl?.replace(/^http/, 'ws') ?? this.stage.url;
    this.connectionsUrl = ownUrl ?? this.stage.callbackUrl;
  }

  addRoutes(createFunction: (scope: Construct, definition: FunctionDefinition) => IFunction): void {
    const { authorize, connect, disconnect, handleClientMessage } = webSocketFunctions;
    const integrate = (definition: FunctionDefinition) =>
      new WebSocketLambdaIntegration('Integration', createFunction(this, definition));
    this.api.addRoute('$connect', {
      integration: integrate(connect),
      // No identity sources: API Gateway refuses a caller that lacks any of them, and a caller has
      // either a header or a ticket. Of a REQUEST authorizer they are optional:
      // https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-authorizers.html
      authorizer: new WebSocketLambdaAuthorizer('Authorizer', createFunction(this, authorize), {
        identitySource: [],
      }),
    });
    this.unauthorizedRoutes.push(
      this.api.addRoute('$disconnect', { integration: integrate(disconnect) }),
      this.api.addRoute('$default', { integration: integrate(handleClientMessage) }),
    );
  }

  private createLogRole(): Role {
    const role = new Role(this, 'LogRole', {
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      managedPolicies: [
        ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonAPIGatewayPushToCloudWatchLogs'),
      ],
    });
    const account = new CfnAccount(this, 'LogAccount', { cloudWatchRoleArn: role.roleArn });
    this.stage.node.addDependency(account);
    return role;
  }
}

// Never the query string, which may carry a ticket.
const accessLogMembers = {
  request_id: '$context.requestId',
  time: '$context.requestTime',
  event: '$context.eventType',
  route: '$context.routeKey',
  status: '$context.status',
  connection_id: '$context.connectionId',
  authorizer_error: '$context.authorizer.error',
  integration_error: '$context.integrationErrorMessage',
} as const;
