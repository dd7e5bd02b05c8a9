import { embeddingQuestion, toWireEmbeddings } from '../../../core/openai/embedding-question.ts';
import { answerWhole } from '../answer-whole.ts';
import { readOpenaiRequest } from '../openai-request.ts';
import type { ServeUrl } from '../url-route.ts';

/** POST /v1/embeddings */
export const serve: ServeUrl = async (request, response, service) => {
  const question = embeddingQuestion(readOpenaiRequest(request), service.rules);
  await answerWhole(question, response, service, toWireEmbeddings);
};
