import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { openAnswerPorts } from '../../adapters/open-answer-ports.ts';
import type { Environment } from '../../config/environment.ts';
import type { Settings } from '../../config/settings.ts';
import type { Caller } from '../../core/access/caller.ts';
import type { SubmissionRules } from '../../core/tasks/prepare-task.ts';
import type { UrlResponse } from './url-response.ts';

export interface UrlRequest {
  /** As an HTTP API sends it, without path parameters. */
  event: APIGatewayProxyEventV2;
  tenant: string;
  caller: Caller;
}

/** What the routes of the URL share. */
export interface UrlService {
  environment: Pick<Environment, 'TASK_TABLE' | 'STATE_TABLE' | 'FILE_BUCKET' | 'BATCH_FUNCTION'>;
  settings: Settings;
  rules: SubmissionRules;
  ports: ReturnType<typeof openAnswerPorts>;
  /** Whether the caller is told what is left of the provider's rates, which all tenants share: who may see the whole service. */
  tellsRates: boolean;
  /** Aborted when the function must come to its end. */
  timeIsUp: AbortSignal;
}

/** Answers one request, or throws a ServiceError for the answer that its route gives to errors. */
export type ServeUrl = (request: UrlRequest, response: UrlResponse, service: UrlService) => Promise<void>;
