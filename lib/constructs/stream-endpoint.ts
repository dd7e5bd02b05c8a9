import { type CfnResource, Duration } from 'aws-cdk-lib';
import {
  type FunctionUrl,
  FunctionUrlAuthType,
  HttpMethod,
  type IFunction,
  InvokeMode,
} from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { DeploymentTarget } from '../deployment-target.ts';
import type { FunctionDefinition } from '../function-definition.ts';
import { withTokenCheck } from '../http-routes.ts';
import { localMetadataKey } from '../local-metadata.ts';

export interface StreamEndpointProps {
  definition: FunctionDefinition;
  /** Of the HTTP API, whose pages call this too. */
  apiOrigin: string;
  /** Origins whose pages may call it beside; `*` alone: all. */
  corsOrigins: readonly string[];
  target: DeploymentTarget;
  createFunction: (scope: Construct, definition: FunctionDefinition) => IFunction;
}

/**
 * A function behind a URL of its own, which streams what an HTTP API would hold back until its end, or cut off after
 * 30 seconds. It checks the token itself: docs/decisions/2026-11-token-check.md.
 */
export class StreamEndpoint extends Construct {
  readonly function: IFunction;
  readonly url: string;

  constructor(scope: Construct, id: string, props: StreamEndpointProps) {
    super(scope, id);
    const { definition, corsOrigins, target } = props;
    this.function = props.createFunction(this, withTokenCheck(definition));
    const url = this.function.addFunctionUrl({
      authType: FunctionUrlAuthType.NONE,
      invokeMode: InvokeMode.RESPONSE_STREAM,
      cors: {
        ...cors,
        allowedOrigins: corsOrigins.includes('*') ? ['*'] : [props.apiOrigin, ...corsOrigins],
      },
    });
    this.url = url.url;
    if (target.kind === 'local') takePaths(url);
  }
}

/** One machine has one port for all, so the host is told which paths of it belong to the URL. */
function takePaths(url: FunctionUrl): void {
  (url.node.defaultChild as CfnResource).addMetadata(localMetadataKey, { paths: streamPaths });
}

/** What is served at the URL; below a `/` at the end, everything. */
const streamPaths = ['/api/v1/process/stream', '/v1/'];

/** What the `openai` package sends from a browser beside the token; a test reads them from the package. */
const openaiHeaders = [
  'openai-organization',
  'openai-project',
  'x-stainless-arch',
  'x-stainless-custom-poll-interval',
  'x-stainless-helper-method',
  'x-stainless-lang',
  'x-stainless-os',
  'x-stainless-package-version',
  'x-stainless-poll-helper',
  'x-stainless-retry-count',
  'x-stainless-runtime',
  'x-stainless-runtime-version',
  'x-stainless-timeout',
];

const rateLimitHeaders = ['limit', 'remaining', 'reset'].flatMap((what) =>
  ['requests', 'tokens'].map((unit) => `x-ratelimit-${what}-${unit}`),
);

// Each header by name: https://docs.aws.amazon.com/lambda/latest/api/API_Cors.html documents no `*` for headers, and
// where browsers take one it does not stand for `authorization`.
const cors = {
  allowedMethods: [HttpMethod.GET, HttpMethod.POST, HttpMethod.DELETE],
  allowedHeaders: [
    'authorization',
    'content-type',
    'idempotency-key',
    'last-event-id',
    'x-request-id',
    ...openaiHeaders,
  ],
  exposedHeaders: [
    'location',
    'retry-after',
    'x-llm-provider',
    'x-llm-task-id',
    'x-request-id',
    'x-should-retry',
    ...rateLimitHeaders,
  ],
  maxAge: Duration.hours(1),
};
