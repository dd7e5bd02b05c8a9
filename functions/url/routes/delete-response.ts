import { deleteResponse } from '../../../core/responses/end-response.ts';
import { responseIdIn } from '../response-id-in.ts';
import type { ServeUrl } from '../url-route.ts';

/** DELETE /v1/responses/{response_id} */
export const serve: ServeUrl = async ({ event, tenant }, response, { ports }) => {
  response.json(200, await deleteResponse([tenant, responseIdIn(event), Date.now()], ports));
};
