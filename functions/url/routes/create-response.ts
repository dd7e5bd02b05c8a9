import { answerTask } from '../../../core/answers/answer-task.ts';
import { eraseResponse } from '../../../core/responses/end-response.ts';
import { type ResponseEvent, ResponseEvents } from '../../../core/responses/response-events.ts';
import { type AskedResponse, responseQuestion } from '../../../core/responses/response-question.ts';
import { toWireResponse } from '../../../core/responses/response-wire.ts';
import { isFinal, type Task } from '../../../core/tasks/task.ts';
import { answerWhole, tooLong } from '../answer-whole.ts';
import { readOpenaiRequest, taskHeaders } from '../openai-request.ts';
import { sendResponseEvent } from '../send-response-event.ts';
import { type StreamForm, streamAnswer } from '../stream-answer.ts';
import type { UrlResponse } from '../url-response.ts';
import type { ServeUrl, UrlService } from '../url-route.ts';

/** POST /v1/responses */
export const serve: ServeUrl = async (request, response, service) => {
  const asked = responseQuestion(readOpenaiRequest(request), service.rules, service.ports);
  const task = await answer(asked, response, service);
  // Where the client has gone, its repeat is to find the answer.
  if (asked.body.store === false && task && isFinal(task.status) && !response.left.aborted)
    await eraseResponse(task, service.ports).catch(service.ports.onError);
};

async function answer(
  asked: AskedResponse,
  response: UrlResponse,
  service: UrlService,
): Promise<Task | undefined> {
  const { question, body, input } = asked;
  if (body.stream) return streamAnswer(question, eventsOf(asked), response, service);
  if (body.background) return accept(asked, response, service);
  let answered: Task | undefined;
  await answerWhole(question, response, service, (task) => {
    answered = task;
    return toWireResponse(task, input);
  });
  return answered;
}

/** Answers as soon as the response is stored and queued. */
async function accept(
  { question, input }: AskedResponse,
  response: UrlResponse,
  { ports, settings, timeIsUp }: UrlService,
): Promise<undefined> {
  for await (const told of answerTask(question, settings.maxQueueSize, ports, timeIsUp))
    if ('task' in told)
      return response.json(200, toWireResponse(told.task, input), taskHeaders(told.task)) as undefined;
  throw tooLong();
}

function eventsOf({ body, input }: AskedResponse): StreamForm<ResponseEvent> {
  const events = new ResponseEvents(input);
  return {
    events: (progress) => events.all(progress),
    send: sendResponseEvent,
    // A background response goes on, and its events have the same numbers whenever they are read: its stream only ends.
    fail: (error) => (body.background ? [] : events.fail(error)),
    ...(!body.background && { beat: () => events.beat() }),
  };
}
