import { answerTask, type Question } from '../../core/answers/answer-task.ts';
import { failedTaskError, OpenaiError } from '../../core/openai/openai-error.ts';
import type { Task, TaskResult } from '../../core/tasks/task.ts';
import { taskHeaders } from './openai-request.ts';
import type { UrlResponse } from './url-response.ts';
import type { UrlService } from './url-route.ts';

/**
 * Answers an OpenAI client by one JSON text, when all of it is there. A client that has gone away repeats its request, and
 * finds the task that went on.
 */
export async function answerWhole(
  question: Question,
  response: UrlResponse,
  { ports, settings, tellsRates, timeIsUp }: UrlService,
  toWire: (task: Task, result: TaskResult) => unknown,
): Promise<void> {
  const signal = AbortSignal.any([response.left, timeIsUp]);
  let rateLimits: Readonly<Record<string, string>> = {};
  for await (const told of answerTask(question, settings.maxQueueSize, ports, signal)) {
    if (told.kind === 'limits' && tellsRates) rateLimits = told.rateLimits;
    if (told.kind !== 'ended') continue;
    const { task } = told;
    if (!task.result) throw failedTaskError(task);
    return response.json(200, toWire(task, task.result), { ...rateLimits, ...taskHeaders(task) });
  }
  if (response.left.aborted) return;
  throw tooLong();
}

/** The function comes to its end before the answer does. */
export function tooLong(): OpenaiError {
  const message = 'The answer takes longer than a request may; a repeat waits for the same one';
  return new OpenaiError(504, { message, type: 'server_error', code: 'timeout' }, true);
}
