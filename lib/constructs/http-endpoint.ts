import { Duration } from 'aws-cdk-lib';
import {
  CorsHttpMethod,
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { constructId, type FunctionDefinition } from '../function-definition.ts';
import { pageServer, type HttpRoute as Route, withTokenCheck } from '../http-routes.ts';
import { createAccessLog } from './access-log.ts';

export interface HttpEndpointProps {
  stage: string;
  routes: readonly Route[];
  /** Empty: no CORS. */
  corsOrigins: string[];
  createFunction: (scope: Construct, definition: FunctionDefinition) => IFunction;
}

/**
 * The HTTP API: a function for each route, and one that answers the rest: pages, 404 and 405. Functions of routes
 * that are not public check the token themselves: docs/decisions/2026-11-token-check.md.
 */
export class HttpEndpoint extends Construct {
  readonly api: HttpApi;
  readonly url: string;
  /** Routes whose functions check the token. */
  readonly checkedRoutes: HttpRoute[] = [];
  /** Public routes. */
  readonly openRoutes: HttpRoute[] = [];

  constructor(scope: Construct, id: string, props: HttpEndpointProps) {
    super(scope, id);
    const { createFunction } = props;
    this.api = new HttpApi(this, 'Api', {
      apiName: `llm-${props.stage}`,
      createDefaultStage: false,
      ...(props.corsOrigins.length > 0 && { corsPreflight: { ...cors, allowOrigins: props.corsOrigins } }),
    });
    for (const route of props.routes) {
      const added = this.api.addRoutes({
        path: route.path,
        // What monitors ask may be asked for its head alone. Each costs two resources, of which a stack has 500.
        methods: route.public ? [HttpMethod[route.method], HttpMethod.HEAD] : [HttpMethod[route.method]],
        integration: this.integrate(route.public ? route : withTokenCheck(route), createFunction),
        authorizer: new HttpNoneAuthorizer(),
      });
      (route.public ? this.openRoutes : this.checkedRoutes).push(...added);
    }
    // Another id would be another route of the same key, which CloudFormation makes before it deletes this one.
    const others = new HttpRoute(this, 'Unknown', {
      httpApi: this.api,
      routeKey: HttpRouteKey.DEFAULT,
      integration: this.integrate(pageServer, createFunction),
      authorizer: new HttpNoneAuthorizer(),
    });
    this.openRoutes.push(others);
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      // Bounds what requests can cost, those without a token included.
      throttle: { rateLimit: 1000, burstLimit: 2000 },
      accessLogSettings: createAccessLog(this, `llm-${props.stage}-http`, accessLogMembers),
    });
    this.url = stage.url;
  }

  private integrate(
    definition: FunctionDefinition,
    createFunction: HttpEndpointProps['createFunction'],
  ): HttpLambdaIntegration {
    return new HttpLambdaIntegration(constructId(definition.entry), createFunction(this, definition));
  }
}

const cors = {
  allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST, CorsHttpMethod.PATCH, CorsHttpMethod.DELETE],
  allowHeaders: ['authorization', 'content-type', 'idempotency-key'],
  exposeHeaders: ['location', 'retry-after'],
  maxAge: Duration.hours(1),
};

// No address, no query string, no header: nothing personal and no token.
const accessLogMembers = {
  request_id: '$context.requestId',
  time: '$context.requestTime',
  method: '$context.httpMethod',
  route: '$context.routeKey',
  status: '$context.status',
  response_bytes: '$context.responseLength',
  latency_ms: '$context.responseLatency',
  integration_error: '$context.integrationErrorMessage',
} as const;
