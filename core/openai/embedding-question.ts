import * as z from 'zod';
import type { Question } from '../answers/answer-task.ts';
import { parseRequest } from '../parse-request.ts';
import { embedding } from '../task-types/openai-types.ts';
import { createTask } from '../tasks/create-task.ts';
import { hashRequest } from '../tasks/idempotency.ts';
import type { SubmissionRules } from '../tasks/prepare-task.ts';
import type { Task, TaskResult } from '../tasks/task.ts';
import type { OpenaiRequest } from './chat-question.ts';
import { ownNames, readSettings } from './own-options.ts';

/** `POST /v1/embeddings`: https://developers.openai.com/api/reference/resources/embeddings/methods/create */
export const EmbeddingBody = z.looseObject({
  model: z.string().min(1).max(200),
  input: z.union([z.string().min(1), z.array(z.unknown()).min(1).max(2048)]),
  service_tier: z.string().max(40).nullish(),
});

/** The vectors that a caller asks for, and waits for. Throws `invalid_request`. */
export function embeddingQuestion(request: OpenaiRequest, rules: SubmissionRules): Question {
  const { body, headers, run, ...members } = request;
  const asked = parseRequest(EmbeddingBody, body);
  const {
    model: _model,
    input,
    service_tier: _tier,
    ...parameters
  } = Object.fromEntries(
    Object.entries(asked).filter(([name, value]) => !ownNames.has(name) && value !== null),
  );
  return {
    ...members,
    requestHash: hashRequest({ embedding: body }),
    reads: false,
    async prepare(identity, states) {
      const { config, ...others } = readSettings(asked, headers, rules, run);
      return createTask(
        {
          ...others,
          callbackEvents: others.callbackEvents ?? null,
          type: embedding,
          input: { prompt: null, embedding: { input, parameters } },
          metadata: {},
          // The vectors of one model mean nothing beside those of another.
          config: { ...config, failover: config.failover && asked.failover === true },
        },
        identity,
        rules,
        states,
      );
    },
  };
}

export function toWireEmbeddings(task: Task, { data, model, usage }: TaskResult) {
  const { promptTokens } = usage;
  return {
    object: 'list',
    data,
    model: model ?? task.model,
    usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
  };
}
