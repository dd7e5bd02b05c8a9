import type { ChatDelta } from '../attempts/chat.ts';
import type { Task, TaskResult } from '../tasks/task.ts';
import { firstText } from './merge-deltas.ts';

/** What a caller who waits is told, in this order; `ended` is the last. */
export type Progress =
  /** The task as it is now, when its status or its attempt has changed. */
  | { kind: 'state'; task: Task }
  /** What was told of the answer is void: another attempt begins anew. */
  | { kind: 'restart'; task: Task }
  /**
   * `position`: characters (UTF-16) of the first choice's text before it. `isRest`: it is no piece as it was written, but the
   * text that was not told before the end.
   */
  | { kind: 'delta'; task: Task; delta: ChatDelta; attempt: number; position: number; isRest?: true }
  | { kind: 'limits'; rateLimits: Readonly<Record<string, string>> }
  | { kind: 'ended'; task: Task };

/** How far a caller was told an answer: up to this position of this attempt's text. */
export interface Place {
  attempt: number;
  position: number;
}

export const nothingTold: Place = { attempt: 0, position: 0 };

/** Keeps count of what was told, so that each piece is told once, and what is void is called back. */
export class Told {
  attempt: number;
  position: number;
  /** The text that was told; undefined: an earlier connection told it. */
  #text: string | undefined;
  #status = '';
  #version = 0;

  constructor({ attempt, position }: Place) {
    this.attempt = attempt;
    this.position = position;
    this.#text = position === 0 ? '' : undefined;
  }

  *state(task: Task): Generator<Progress> {
    const status = `${task.status} ${task.attempts}`;
    // A look may be older than the one before.
    if (status === this.#status || task.version < this.#version) return;
    this.#status = status;
    this.#version = task.version;
    yield { kind: 'state', task };
  }

  /** @param position of the attempt's text at which the piece begins; undefined: where the last one ended */
  *delta(task: Task, attempt: number, delta: ChatDelta, position?: number): Generator<Progress> {
    if (attempt < this.attempt) return;
    if (delta.rateLimits) yield { kind: 'limits', rateLimits: delta.rateLimits };
    if (delta.choices.length === 0) return;
    if (attempt > this.attempt) yield* this.#restart(task, attempt);
    const begins = position ?? this.position;
    const length = firstText(delta).length;
    const isTold = position !== undefined && length > 0 && begins + length <= this.position;
    // After a piece that is missing the rest is told when the answer is whole.
    if (isTold || begins > this.position) return;
    const rest = begins < this.position ? cutFirstText(delta, this.position - begins) : delta;
    yield { kind: 'delta', task, delta: rest, attempt, position: this.position };
    const text = firstText(rest);
    this.position += text.length;
    if (this.#text !== undefined) this.#text += text;
  }

  /** Of a task that has ended: what of its answer was not told yet. */
  *end(task: Task): Generator<Progress> {
    if (task.result) yield* this.#rest(task, task.result);
    yield { kind: 'ended', task };
  }

  *#rest(task: Task, result: TaskResult): Generator<Progress> {
    const { content } = result;
    const attempt = Math.max(task.attempts, this.attempt);
    const fits =
      this.position <= content.length && (this.#text === undefined || content.startsWith(this.#text));
    // A mended answer is another one than was told.
    if (attempt > this.attempt || !fits) yield* this.#restart(task, attempt);
    const rest = content.slice(this.position);
    if (rest === '') return;
    for (const told of this.delta(task, attempt, textDelta(rest)))
      yield told.kind === 'delta' ? { ...told, isRest: true } : told;
  }

  *#restart(task: Task, attempt: number): Generator<Progress> {
    if (this.position > 0) yield { kind: 'restart', task };
    this.attempt = attempt;
    this.position = 0;
    this.#text = '';
  }
}

export function textDelta(content: string): ChatDelta {
  return { choices: [{ index: 0, delta: { content }, finish_reason: null }] };
}

/** Without the first characters of the first choice's text. */
function cutFirstText(delta: ChatDelta, characters: number): ChatDelta {
  let left = characters;
  const choices = delta.choices.map((choice) => {
    if (choice.index !== 0 || typeof choice.delta.content !== 'string') return choice;
    const content = choice.delta.content.slice(left);
    left = Math.max(0, left - choice.delta.content.length);
    return { ...choice, delta: { ...choice.delta, content } };
  });
  return { choices };
}
