import { answerTask } from '../../../core/answers/answer-task.ts';
import { readAhead } from '../../../core/answers/read-ahead.ts';
import type { Progress } from '../../../core/answers/told.ts';
import { chatQuestion } from '../../../core/openai/chat-question.ts';
import { toChatChunks } from '../../../core/openai/chat-stream.ts';
import { toWireCompletion } from '../../../core/openai/chat-wire.ts';
import { failedTaskError, OpenaiError, toOpenaiError } from '../../../core/openai/openai-error.ts';
import { isFinal, type Task } from '../../../core/tasks/task.ts';
import { toProblem } from '../../http/middleware/to-problem.ts';
import { answerWhole, tooLong } from '../answer-whole.ts';
import { readOpenaiRequest, taskHeaders } from '../openai-request.ts';
import type { ServeUrl } from '../url-route.ts';
import { watch } from '../watch.ts';

/** A client that waits for the head of the answer is left without one for no longer: then errors come in the stream. */
const longestSilenceMs = 15_000;

/** POST /v1/chat/completions */
export const serve: ServeUrl = async (request, response, service) => {
  const { question, chat } = chatQuestion(readOpenaiRequest(request), service.rules);
  if (!chat.stream)
    return answerWhole(question, response, service, (task, result) => toWireCompletion(task, result, chat));

  const signal = AbortSignal.any([response.left, service.timeIsUp]);
  const progress = answerTask(question, service.settings.maxQueueSize, service.ports, signal);
  const opening = await readAhead(progress, isAnswer, longestSilenceMs);
  let task = opening.seen.map(taskOf).findLast((each) => each !== undefined);
  // Nothing was told of the answer: the status says what is wrong.
  if (task && isFinal(task.status) && !task.result) throw failedTaskError(task);

  const limits = opening.seen.map((told) => (told.kind === 'limits' ? told.rateLimits : {}));
  const writer = response.events(Object.assign({}, ...limits, task && taskHeaders(task)));
  let hasFailed = false;
  const send = (chunk: object) => {
    hasFailed ||= 'error' in chunk;
    writer.send(JSON.stringify(chunk));
  };
  const seen = watch(opening.all, (told) => {
    task = taskOf(told) ?? task;
  });
  try {
    for await (const chunk of toChatChunks(seen, chat)) send(chunk);
    if (service.timeIsUp.aborted && !(task && isFinal(task.status))) throw tooLong();
  } catch (error) {
    // A stream that only ended would look like a whole answer.
    send((error instanceof OpenaiError ? error : toOpenaiError(toProblem(error))).body);
    if (!(error instanceof OpenaiError)) throw error;
  }
  if (!hasFailed && !response.left.aborted) writer.send('[DONE]');
  const isLeft = response.left.aborted && task && !isFinal(task.status);
  if (isLeft && service.settings.whenClientLeaves === 'cancel')
    await service.ports.tasks.cancel(task as Task, Date.now());
};

const isAnswer = ({ kind }: Progress) => kind === 'delta' || kind === 'ended';
const taskOf = (told: Progress): Task | undefined => ('task' in told ? told.task : undefined);
