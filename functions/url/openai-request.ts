import { randomUUID } from 'node:crypto';
import type { OpenaiRequest } from '../../core/openai/chat-question.ts';
import { readIdempotencyKey } from '../../core/tasks/idempotency.ts';
import type { Task } from '../../core/tasks/task.ts';
import { readJsonBody } from '../http/middleware/read-body.ts';
import type { UrlRequest } from './url-route.ts';

/** What an OpenAI client sends. Official ones count the repeats of a request in a header. */
export function readOpenaiRequest({ tenant, event }: UrlRequest): OpenaiRequest {
  const { headers } = event;
  const count = headers['x-stainless-retry-count'];
  return {
    tenant,
    body: readJsonBody(event),
    headers,
    uuid: randomUUID(),
    idempotencyKey: readIdempotencyKey(headers['idempotency-key']),
    repeats: count !== undefined && /^\d{1,4}$/.test(count) ? Number(count) : undefined,
    now: Date.now(),
  };
}

/** By which the task is found at the service's own routes, and who answered. */
export function taskHeaders({ taskId, provider }: Task): Record<string, string> {
  return { 'x-llm-task-id': taskId, 'x-llm-provider': provider };
}
