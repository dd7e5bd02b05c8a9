import { listInputItems } from '../../../core/responses/list-input-items.ts';
import { getResponse } from '../../../core/responses/stored-response.ts';
import { responseIdIn } from '../response-id-in.ts';
import type { ServeUrl } from '../url-route.ts';

/** GET /v1/responses/{response_id}/input_items */
export const serve: ServeUrl = async ({ event, tenant }, response, { ports }) => {
  const found = await getResponse(tenant, responseIdIn(event), Date.now(), ports);
  response.json(200, listInputItems(found, event.queryStringParameters ?? {}));
};
