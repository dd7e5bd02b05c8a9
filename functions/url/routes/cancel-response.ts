import { cancelResponse } from '../../../core/responses/end-response.ts';
import { toWireResponse } from '../../../core/responses/response-wire.ts';
import { taskHeaders } from '../openai-request.ts';
import { responseIdIn } from '../response-id-in.ts';
import type { ServeUrl } from '../url-route.ts';

/** POST /v1/responses/{response_id}/cancel */
export const serve: ServeUrl = async ({ event, tenant }, response, { ports }) => {
  const { task, input } = await cancelResponse([tenant, responseIdIn(event), Date.now()], ports);
  response.json(200, toWireResponse(task, input), taskHeaders(task));
};
