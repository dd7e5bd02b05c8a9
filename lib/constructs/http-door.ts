import { Duration } from 'aws-cdk-lib';
import {
  CorsHttpMethod,
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  type IHttpRouteAuthorizer,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { constructId, type FunctionDefinition } from '../function-definition.ts';
import { httpAuthorizer, type HttpRoute as Route, unknownRoute, withTokenCheck } from '../http-routes.ts';
import { createAccessLog } from './access-log.ts';

export interface HttpDoorProps {
  stage: string;
  routes: readonly Route[];
  cors: boolean;
  /** No authorizer at all: no token is asked for. */
  open: boolean;
  createFunction: (scope: Construct, definition: FunctionDefinition) => IFunction;
}

/** The HTTP API: a function a route, an authorizer before all that are not public, 404 and 405 for the rest. */
export class HttpDoor extends Construct {
  readonly api: HttpApi;
  readonly url: string;

  constructor(scope: Construct, id: string, props: HttpDoorProps) {
    super(scope, id);
    const { createFunction } = props;
    this.api = new HttpApi(this, 'Api', {
      apiName: `llm-${props.stage}`,
      createDefaultStage: false,
      ...(props.cors && { corsPreflight: cors }),
    });
    const authorizer: IHttpRouteAuthorizer = props.open
      ? new HttpNoneAuthorizer()
      : new HttpLambdaAuthorizer('Authorizer', createFunction(this, httpAuthorizer), {
          responseTypes: [HttpLambdaResponseType.SIMPLE],
          identitySource: ['$request.header.Authorization'],
          resultsCacheTtl: Duration.minutes(5),
        });
    for (const route of props.routes)
      this.api.addRoutes({
        path: route.path,
        methods: [HttpMethod[route.method]],
        integration: this.integrate(
          route.public || props.open ? route : withTokenCheck(route),
          createFunction,
        ),
        authorizer: route.public ? new HttpNoneAuthorizer() : authorizer,
      });
    new HttpRoute(this, 'Unknown', {
      httpApi: this.api,
      routeKey: HttpRouteKey.DEFAULT,
      integration: this.integrate(unknownRoute, createFunction),
      authorizer: new HttpNoneAuthorizer(),
    });
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      // Bounds what a client without a token can cost; tenants have their own limits behind it.
      throttle: { rateLimit: 1000, burstLimit: 2000 },
      accessLogSettings: createAccessLog(this, accessLogMembers),
    });
    this.url = stage.url;
  }

  private integrate(
    definition: FunctionDefinition,
    createFunction: HttpDoorProps['createFunction'],
  ): HttpLambdaIntegration {
    return new HttpLambdaIntegration(constructId(definition.entry), createFunction(this, definition));
  }
}

const cors = {
  allowOrigins: ['*'],
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
  authorizer_error: '$context.authorizer.error',
  integration_error: '$context.integrationErrorMessage',
} as const;
