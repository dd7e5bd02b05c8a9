import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Body, Step } from './step.ts';

const usage = { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 };

/** OpenAI names the snapshot of the model that answers. */
const head = ({ model }: Body) => ({ id: 'chatcmpl-p', created: 1, model: `${model}-2026-11-01` });

/** Answers with this text, in pieces where a stream is asked for. */
export const say =
  (text: string): Step =>
  async (response, body) => {
    if (!body.stream)
      return sendJson(response, completion(body, { role: 'assistant', content: text }, 'stop'));
    const pieces = text.match(/\s*\S+\s*/g) ?? [];
    beginStream(response);
    for (const content of pieces) sendChunk(response, body, { content });
    endStream(response, body, 'stop');
  };

/** Says this and comes to the end of its room. */
export const stopAtLength =
  (content: string): Step =>
  (response, body) => {
    if (!body.stream) return sendJson(response, completion(body, { role: 'assistant', content }, 'length'));
    beginStream(response);
    sendChunk(response, body, { content });
    endStream(response, body, 'length');
  };

/** A stream whose pieces come so many milliseconds apart. */
export const sayHalting =
  (milliseconds: number, ...pieces: string[]): Step =>
  async (response, body) => {
    beginStream(response);
    for (const content of pieces) {
      sendChunk(response, body, { content });
      await sleep(milliseconds);
    }
    endStream(response, body, 'stop');
  };

/** Answers with these calls of tools, their arguments in two pieces where a stream is asked for. */
export const callTools =
  (...calls: { name: string; arguments: string }[]): Step =>
  (response, body) => {
    const whole = calls.map((called, at) => ({ id: `call_${at}`, type: 'function', function: called }));
    if (!body.stream)
      return sendJson(
        response,
        completion(body, { role: 'assistant', content: null, tool_calls: whole }, 'tool_calls'),
      );
    beginStream(response);
    for (const [index, { id, type, function: called }] of whole.entries()) {
      const half = Math.ceil(called.arguments.length / 2);
      const [first, second] = [called.arguments.slice(0, half), called.arguments.slice(half)];
      sendChunk(response, body, {
        tool_calls: [{ index, id, type, function: { name: called.name, arguments: first } }],
      });
      sendChunk(response, body, { tool_calls: [{ index, function: { arguments: second } }] });
    }
    endStream(response, body, 'tool_calls');
  };

/** Answers with this JSON, with members of the body where it is a function. */
export const reply =
  (answer: object | ((body: Body) => object)): Step =>
  (response, body) =>
    sendJson(response, typeof answer === 'function' ? answer(body) : answer);

/** Refuses in OpenAI's form. */
export const refuse =
  (status: number, error: object = {}, headers: Record<string, string> = {}): Step =>
  (response) =>
    sendJson(response, { error: { message: 'No', type: null, code: null, ...error } }, status, headers);

/** Breaks the connection after these pieces; before the head of the answer where there are none. */
export const cutAfter =
  (...pieces: string[]): Step =>
  async (response, body) => {
    if (pieces.length > 0) beginStream(response);
    for (const content of pieces) sendChunk(response, body, { content });
    // So that the pieces have left before the connection breaks.
    await sleep(50);
    response.destroy();
  };

/** Begins a stream, and breaks it before its first piece. */
export const cutAfterHead: Step = async (response) => {
  beginStream(response);
  response.write(': starting\n\n');
  await sleep(50);
  response.destroy();
};

/** An error in the stream, after these pieces. */
export const failAfter =
  (...pieces: string[]): Step =>
  (response, body) => {
    beginStream(response);
    for (const content of pieces) sendChunk(response, body, { content });
    response.end('data: {"error":{"message":"Engine lost","type":"server_error","code":"500"}}\n\n');
  };

/** Ends the stream after these pieces as if it were whole, but without a finish reason. */
export const stopAfter =
  (...pieces: string[]): Step =>
  (response, body) => {
    beginStream(response);
    for (const content of pieces) sendChunk(response, body, { content });
    response.end();
  };

/** Never answers. */
export const beSilent: Step = () => {};

/** Waits, then does it. */
export const later =
  (milliseconds: number, step: Step): Step =>
  async (response, body) => {
    await sleep(milliseconds);
    return step(response, body);
  };

function completion(body: Body, message: object, finish_reason: string) {
  const choices = [{ index: 0, message, finish_reason }];
  return { ...head(body), object: 'chat.completion', choices, usage };
}

function sendJson(
  response: ServerResponse,
  value: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

function beginStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
}

function sendChunk(
  response: ServerResponse,
  body: Body,
  delta: object,
  finish_reason: string | null = null,
): void {
  const choices = [{ index: 0, delta, finish_reason }];
  send(response, { ...head(body), object: 'chat.completion.chunk', choices });
}

function endStream(response: ServerResponse, body: Body, finishReason: string): void {
  sendChunk(response, body, {}, finishReason);
  send(response, { ...head(body), object: 'chat.completion.chunk', choices: [], usage });
  response.end('data: [DONE]\n\n');
}

function send(response: ServerResponse, event: object): void {
  response.write(`data: ${JSON.stringify(event)}\n\n`);
}
