import { toWireCompletion } from '../openai/chat-wire.ts';
import { toWireEmbeddings } from '../openai/embedding-question.ts';
import { failedTaskError, type OpenaiError } from '../openai/openai-error.ts';
import { toWireResponse } from '../responses/response-wire.ts';
import { isResponse, type ResponseInput } from '../responses/stored-response.ts';
import type { Task, TaskResult } from '../tasks/task.ts';
import type { BatchRunPorts } from './batch-run.ts';
import { lineTaskId } from './line-task.ts';
import type { BatchEndpoint, OpenaiBatch } from './openai-batch.ts';

/** A line of a file of answers or of errors, with its line break. */
export interface AnswerLine {
  file: 'output' | 'error';
  text: string;
  /** Its time was over before it was answered. */
  isLate?: true;
}

/** Why a line was never answered. */
export type Unanswered = 'batch_expired' | 'batch_cancelled';

const reasons: Record<Unanswered, string> = {
  batch_expired: 'This request could not be executed before the completion window expired.',
  batch_cancelled: 'This request was not executed: the batch was cancelled.',
};

type ToWire = (task: Task, result: TaskResult, ports: Pick<BatchRunPorts, 'tasks'>) => unknown;

/** What a response repeats of its request where that is gone: nothing. */
const nothingAsked: ResponseInput = {
  prompt: null,
  chat: { messages: [], parameters: {} },
  response: { from: 0, instructed: false, request: {} },
};

const toWire: Record<BatchEndpoint, ToWire> = {
  '/v1/chat/completions': (task, result) => toWireCompletion(task, result, {}),
  '/v1/responses': async (task, _result, { tasks }) => {
    const input = await tasks.readInput(task);
    return toWireResponse(task, isResponse(input) ? input : nothingAsked);
  },
  '/v1/embeddings': toWireEmbeddings,
};

export interface LineName {
  place: number;
  customId: string;
}

function write(batch: OpenaiBatch, { place, customId }: LineName, members: object): string {
  const id = `batch_req_${lineTaskId(batch, place).slice('task_'.length).replaceAll('-', '')}`;
  return `${JSON.stringify({ id, custom_id: customId, ...members })}\n`;
}

const respond = (batch: OpenaiBatch, name: LineName, status_code: number, body: unknown) =>
  write(batch, name, {
    response: { status_code, request_id: lineTaskId(batch, name.place), body },
    error: null,
  });

/** What a task that has ended answers its line. @param isCancelled the batch itself was cancelled */
export async function answerLine(
  batch: OpenaiBatch,
  name: LineName,
  task: Task,
  isCancelled: boolean,
  ports: Pick<BatchRunPorts, 'tasks'>,
): Promise<AnswerLine> {
  if (task.status === 'completed' && task.result) {
    const body = await toWire[batch.endpoint](task, task.result, ports);
    return { file: 'output', text: respond(batch, name, 200, body) };
  }
  if (task.status === 'cancelled' && isCancelled) return leaveOut(batch, name, 'batch_cancelled');
  if (task.error?.code === 'timeout' && task.deadlineAt >= batch.deadlineAt)
    return leaveOut(batch, name, 'batch_expired');
  return refuseLine(batch, name, failedTaskError(task));
}

export function refuseLine(
  batch: OpenaiBatch,
  name: LineName,
  { status, body }: Pick<OpenaiError, 'status' | 'body'>,
): AnswerLine {
  return { file: 'error', text: respond(batch, name, status, body) };
}

export function leaveOut(batch: OpenaiBatch, name: LineName, code: Unanswered): AnswerLine {
  const text = write(batch, name, { response: null, error: { code, message: reasons[code] } });
  return { file: 'error', text, ...(code === 'batch_expired' && { isLate: true as const }) };
}
