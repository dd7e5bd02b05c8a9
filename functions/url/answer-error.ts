import { OpenaiError, toOpenaiError } from '../../core/openai/openai-error.ts';
import { errorHeaders } from '../http/middleware/answer-problems.ts';
import { toProblem } from '../http/middleware/to-problem.ts';
import type { UrlResponse } from './url-response.ts';

/** `problem`: RFC 9457, as everywhere in the service. `openai`: as OpenAI's clients read errors. */
export type ErrorForm = 'problem' | 'openai';

/** Answers an error, where nothing was answered yet; after that a stream can only end. */
export function answerError(error: unknown, form: ErrorForm, requestId: string, response: UrlResponse): void {
  if (response.status !== undefined) return;
  const problem = toProblem(error, requestId);
  if (form === 'problem') {
    const headers = { 'content-type': 'application/problem+json', ...errorHeaders(error, problem.status) };
    response.json(problem.status, problem, headers);
    return;
  }
  const { status, body, headers } = error instanceof OpenaiError ? error : toOpenaiError(problem);
  response.json(status, body, { ...headers, ...errorHeaders(error, status) });
}
