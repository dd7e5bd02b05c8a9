import type { Progress } from '../answers/told.ts';
import type { ChatDelta, ChoiceDelta } from '../attempts/chat.ts';
import type { OpenaiError } from '../openai/openai-error.ts';
import type { Task, TaskResult } from '../tasks/task.ts';
import { OutputEvents } from './output-events.ts';
import { callsOf, logprobsOf, newItem, outputItems, thoughtIn } from './response-output.ts';
import { toWireResponse } from './response-wire.ts';
import type { ResponseInput } from './stored-response.ts';

/** An event of a streamed response. They are numbered from 0. */
export interface ResponseEvent {
  type: string;
  sequence_number: number;
  [member: string]: unknown;
}

/**
 * The events of a response, made of what is told of its task. What comes of the same attempts and the same pieces is the
 * same each time, numbers and ids: who reads on later finds what another connection began to tell. An attempt that broke off
 * is not called back: its items end as `incomplete`, and those of the next follow. The last event has what counts.
 *
 * https://developers.openai.com/api/reference/resources/responses/streaming-events
 */
export class ResponseEvents {
  readonly #input: ResponseInput;
  readonly #output = new OutputEvents();
  #task: Task | undefined;
  #attempt = 0;
  #number = 0;
  #isRunning = false;

  constructor(input: ResponseInput) {
    this.#input = input;
  }

  /** @param after leaves out the events up to this number */
  async *all(progress: AsyncIterable<Progress>, after = -1): AsyncGenerator<ResponseEvent> {
    for await (const told of progress)
      for (const event of this.take(told)) if (event.sequence_number > after) yield event;
  }

  *take(told: Progress): Generator<ResponseEvent> {
    switch (told.kind) {
      case 'state':
        yield* this.#begin(told.task);
        if (told.task.attempts > 0) yield* this.#run();
        break;
      case 'delta':
        yield* this.#begin(told.task);
        // The rest is told by what the result says.
        if (!told.isRest) yield* this.#delta(told.task, told.attempt, told.delta);
        break;
      case 'ended':
        yield* this.#begin(told.task);
        yield* this.#end(told.task);
        break;
      // The next piece says of which attempt it is.
      case 'restart':
      case 'limits':
        break;
    }
  }

  /** A stream that cannot go on: the official clients throw it. */
  *fail({ body: { error } }: OpenaiError): Generator<ResponseEvent> {
    const { code, message, param } = error;
    yield* this.#numbered([{ type: 'error', code, message, param }]);
  }

  /** Says again that the response is in progress, to whoever takes a quiet stream for a dead one. */
  *beat(): Generator<ResponseEvent> {
    if (this.#isRunning) yield* this.#numbered([this.#state('in_progress')]);
  }

  *#begin(task: Task): Generator<ResponseEvent> {
    const isFirst = this.#task === undefined;
    this.#task = task;
    if (!isFirst) return;
    const isBackground = this.#input.response.request.background === true;
    const state = this.#state(isBackground ? 'queued' : 'in_progress');
    yield* this.#numbered([{ ...state, type: 'response.created' }, ...(isBackground ? [state] : [])]);
  }

  /** Once, before all else that can come: whether it is told must not depend on when one looked. */
  *#run(): Generator<ResponseEvent> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    yield* this.#numbered([this.#state('in_progress')]);
  }

  *#delta(task: Task, attempt: number, { choices }: ChatDelta): Generator<ResponseEvent> {
    const pieces = choices.filter(({ index }) => index === 0);
    if (pieces.length === 0) return;
    yield* this.#run();
    if (attempt !== this.#attempt) yield* this.#numbered(this.#output.breakOff());
    this.#attempt = attempt;
    for (const piece of pieces) yield* this.#numbered(this.#piece(task, attempt, piece));
  }

  *#piece(task: Task, attempt: number, { delta, ...rest }: ChoiceDelta): Generator<object> {
    const output = this.#output;
    const { content, refusal, tool_calls, ...others } = delta;
    const thought = thoughtIn(others);
    if (thought !== '') yield* output.extend(newItem.reasoning(task, attempt), thought);
    if (typeof content === 'string' && content !== '')
      yield* output.extend(newItem.text(task, attempt), content, logprobsOf(rest));
    if (typeof refusal === 'string' && refusal !== '')
      yield* output.extend(newItem.refusal(task, attempt), refusal);
    for (const { index = 0, id, function: { name, arguments: text = '' } = {} } of callsOf(tool_calls))
      yield* output.extend(newItem.call(task, attempt, index, id, name), text);
  }

  *#end(task: Task): Generator<ResponseEvent> {
    yield* this.#run();
    const { result } = task;
    if (!result) {
      yield* this.#numbered(this.#output.breakOff());
      yield* this.#numbered([this.#lastWithout(task)]);
      return;
    }
    yield* this.#numbered(this.#rest(task, result));
    const response = toWireResponse(task, this.#input);
    yield* this.#numbered([{ type: `response.${response.status}`, response }]);
  }

  /** What of the answer was not told yet. */
  *#rest(task: Task, result: TaskResult): Generator<object> {
    const items = outputItems(task, result);
    // Where what was told last is of another attempt.
    if (!items.some((item) => this.#output.has(item))) yield* this.#output.breakOff();
    const { output } = toWireResponse(task, this.#input) as { output: { status?: string }[] };
    for (const [at, item] of items.entries())
      yield* this.#output.finish(item, output[at]?.status === 'incomplete' ? 'incomplete' : 'completed');
    yield* this.#output.breakOff();
  }

  #lastWithout(task: Task): object {
    const response = toWireResponse(task, this.#input);
    if (task.status === 'failed') return { type: 'response.failed', response };
    // No event of a stream says so: https://developers.openai.com/api/reference/resources/responses/streaming-events
    const [code, message] =
      task.status === 'cancelled'
        ? ['cancelled', 'The response was cancelled']
        : ['deleted', 'The response was deleted'];
    return { type: 'error', code, message, param: null };
  }

  /** The response as it was when it had no more than this status. */
  #state(status: 'queued' | 'in_progress'): { type: string; response: object } {
    if (!this.#task) throw new Error('Nothing was told of the task');
    const before: Task = { ...this.#task, status: status === 'queued' ? 'queued' : 'processing' };
    const bare = { ...before, attempts: 0, result: null, error: null, completedAt: null };
    return { type: `response.${status}`, response: toWireResponse(bare, this.#input) };
  }

  *#numbered(events: Iterable<object>): Generator<ResponseEvent> {
    for (const event of events) {
      const { type, ...members } = event as { type: string };
      yield { type, sequence_number: this.#number, ...members };
      this.#number += 1;
    }
  }
}
