import { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { createJsonSchemas } from '../../adapters/json-schemas.ts';
import { readDeployed } from '../../config/deployed.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { createSubmissionRules } from '../../config/submission-rules.ts';
import { type Caller, requireScope } from '../../core/access/caller.ts';
import { answerPortsOf } from '../answer-ports.ts';
import { createAuthenticate } from '../http/middleware/authenticate.ts';
import { answerError } from './answer-error.ts';
import { findRoute } from './routes.ts';
import { createUrlResponse } from './url-response.ts';
import type { UrlService } from './url-route.ts';

const environment = readEnvironment(
  Environment.pick({
    SETTINGS: true,
    TASK_TABLE: true,
    STATE_TABLE: true,
    PAYLOAD_BUCKET: true,
    FILE_BUCKET: true,
    QUEUE_URL_PREFIX: true,
    WORKER_FUNCTION_PREFIX: true,
    BATCH_FUNCTION: true,
    LOCAL_HOST_STARTED_AT: true,
  }),
  process.env,
);
const settings = environment.SETTINGS;
const logger = new Logger({ serviceName: 'llm-service' });
const authenticate = createAuthenticate(process.env);
const ports = answerPortsOf(environment, logger);
const service: Omit<UrlService, 'timeIsUp' | 'tellsRates'> = {
  environment,
  settings,
  rules: createSubmissionRules(settings, readDeployed(), createJsonSchemas(), ports.limitsOf),
  ports,
};

/** Left for telling the caller how to go on, before Lambda ends the function. */
const wrapUpMs = 10_000;

/**
 * Function URL with response streaming: whatever is answered while a model writes, and OpenAI's API. One function for all,
 * so that a client has one base URL; each route is loaded when it is first asked for.
 */
export const handler = awslambda.streamifyResponse(
  async (event: APIGatewayProxyEventV2, stream, context: Context): Promise<void> => {
    // A kept connection is no reason for Lambda to keep the invocation after its end.
    context.callbackWaitsForEmptyEventLoop = false;
    const startedAt = Date.now();
    const { requestId, http } = event.requestContext;
    const response = createUrlResponse(stream, requestId);
    const route = findRoute(http.method, event.rawPath);
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(), context.getRemainingTimeInMillis() - wrapUpMs);
    let failure: unknown;
    let caller: Caller | undefined;
    try {
      caller = await authenticate(event);
      if (route.scope) requireScope(caller, route.scope);
      const { serve } = await route.load();
      await serve({ event, caller, tenant: caller.tenant }, response, {
        ...service,
        tellsRates: caller.scopes.includes('operate'),
        timeIsUp: ending.signal,
      });
    } catch (error) {
      failure = error;
      answerError(error, route.errors, requestId, response);
    } finally {
      clearTimeout(timer);
      response.end();
    }
    const line = {
      request_id: requestId,
      method: http.method,
      route: route.name,
      tenant: caller?.tenant,
      credential: caller?.credential,
      status: response.status,
      duration_ms: Date.now() - startedAt,
      ...(response.left.aborted && { client_left: true }),
    };
    const isFault = !response.left.aborted && (response.status ?? 500) >= 500;
    if (isFault) logger.error('request failed', { ...line, error: failure as Error });
    else logger.info('request', line);
    // Bytes that only ended would look like all of them; this breaks the connection.
    if (response.isCut && !response.left.aborted) throw failure;
  },
);
