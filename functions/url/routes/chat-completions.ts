import { chatQuestion } from '../../../core/openai/chat-question.ts';
import { toChatChunks } from '../../../core/openai/chat-stream.ts';
import { toWireCompletion } from '../../../core/openai/chat-wire.ts';
import { answerWhole } from '../answer-whole.ts';
import { readOpenaiRequest } from '../openai-request.ts';
import { type StreamForm, streamAnswer } from '../stream-answer.ts';
import type { ServeUrl } from '../url-route.ts';

/** POST /v1/chat/completions */
export const serve: ServeUrl = async (request, response, service) => {
  const { question, chat } = chatQuestion(readOpenaiRequest(request), service.rules);
  if (!chat.stream)
    return answerWhole(question, response, service, (task, result) => toWireCompletion(task, result, chat));
  let hasFailed = false;
  const form: StreamForm<object> = {
    events: (progress) => toChatChunks(progress, chat),
    fail: ({ body }) => [body],
    send(writer, chunk) {
      hasFailed ||= 'error' in chunk;
      writer.send(JSON.stringify(chunk));
    },
    end(writer) {
      if (!hasFailed) writer.send('[DONE]');
    },
  };
  await streamAnswer(question, form, response, service);
};
