import { findWireModel, listModels } from '../../../core/openai/models-wire.ts';
import { OpenaiError } from '../../../core/openai/openai-error.ts';
import type { ServeUrl } from '../url-route.ts';

const prefix = '/v1/models/';

/** GET /v1/models and GET /v1/models/{id}, whose id may have a slash. */
export const serve: ServeUrl = async ({ event }, response, { rules, ports }) => {
  const models = listModels(rules.enabled, await ports.states.read());
  if (!event.rawPath.startsWith(prefix)) return response.json(200, { object: 'list', data: models });
  const id = decode(event.rawPath.slice(prefix.length));
  const model = id === undefined ? undefined : findWireModel(models, id);
  if (model) return response.json(200, model);
  const message = 'The model does not exist; GET /v1/models lists those that do';
  throw new OpenaiError(
    404,
    { message, type: 'invalid_request_error', param: 'model', code: 'model_not_found' },
    false,
  );
};

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
