import { answerTask, type Question } from '../../core/answers/answer-task.ts';
import { readAhead } from '../../core/answers/read-ahead.ts';
import type { Progress } from '../../core/answers/told.ts';
import { failedTaskError, OpenaiError, toOpenaiError } from '../../core/openai/openai-error.ts';
import { isFinal, type Task } from '../../core/tasks/task.ts';
import { toProblem } from '../http/middleware/to-problem.ts';
import { tooLong } from './answer-whole.ts';
import { taskHeaders } from './openai-request.ts';
import type { EventWriter, UrlResponse } from './url-response.ts';
import type { UrlService } from './url-route.ts';
import { watch } from './watch.ts';

/** How an endpoint says what is told of a task. */
export interface StreamForm<Event> {
  events(progress: AsyncIterable<Progress>): AsyncIterable<Event>;
  /** An answer that broke off must not look like a whole one. */
  fail(error: OpenaiError): Iterable<Event>;
  send(writer: EventWriter, event: Event): void;
  /** What is sent while there is nothing to tell; undefined: a comment. */
  beat?: (() => Iterable<Event>) | undefined;
  /** All was told. */
  end?(writer: EventWriter): void;
}

/** A client that waits for the head of the answer is left without one for no longer: then errors come in the stream. */
const longestSilenceMs = 15_000;

/**
 * Answers an OpenAI client by a stream of events. Its head waits for the first piece of the answer: up to then an error has
 * its status. Answers the task when the stream has ended.
 */
export async function streamAnswer<Event>(
  question: Question,
  form: StreamForm<Event>,
  response: UrlResponse,
  { settings, ports, tellsRates, timeIsUp }: UrlService,
): Promise<Task | undefined> {
  const signal = AbortSignal.any([response.left, timeIsUp]);
  const progress = answerTask(question, settings.maxQueueSize, ports, signal);
  // Nobody waits for the answer of what is queued: its stream begins when it is accepted.
  const isEnough = question.isQueued ? () => true : isAnswer;
  const opening = await readAhead(progress, isEnough, longestSilenceMs);
  let task = opening.seen.map(taskOf).findLast((each) => each !== undefined);
  // Nothing was told of the answer: the status says what is wrong.
  if (!question.isQueued && task && isFinal(task.status) && !task.result) throw failedTaskError(task);

  const limits = opening.seen.map((told) => (told.kind === 'limits' && tellsRates ? told.rateLimits : {}));
  const sendAll = (events: Iterable<Event>, to: EventWriter) => {
    for (const event of events) form.send(to, event);
  };
  const { beat } = form;
  const writer = response.events(
    Object.assign({}, ...limits, task && taskHeaders(task)),
    beat && ((to) => sendAll(beat(), to)),
  );
  const seen = watch(opening.all, (told) => {
    task = taskOf(told) ?? task;
  });
  try {
    for await (const event of form.events(seen)) form.send(writer, event);
    // What goes on without a reader is read on by another request.
    if (timeIsUp.aborted && !question.isQueued && !(task && isFinal(task.status))) throw tooLong();
  } catch (error) {
    sendAll(form.fail(error instanceof OpenaiError ? error : toOpenaiError(toProblem(error))), writer);
    if (!(error instanceof OpenaiError)) throw error;
  }
  if (!response.left.aborted) form.end?.(writer);
  const isLeft = response.left.aborted && task && !isFinal(task.status);
  if (isLeft && !question.isQueued && settings.whenClientLeaves === 'cancel')
    await ports.tasks.cancel(task as Task, Date.now());
  return task;
}

const isAnswer = ({ kind }: Progress) => kind === 'delta' || kind === 'ended';
const taskOf = (told: Progress): Task | undefined => ('task' in told ? told.task : undefined);
