import { followTask } from '../../../core/answers/follow-task.ts';
import { nothingTold, type Progress, Told } from '../../../core/answers/told.ts';
import { invalidRequest, parseRequest } from '../../../core/parse-request.ts';
import { ResponseEvents } from '../../../core/responses/response-events.ts';
import { ResponseQuery } from '../../../core/responses/response-query.ts';
import { toWireResponse } from '../../../core/responses/response-wire.ts';
import { getResponse, type StoredResponse } from '../../../core/responses/stored-response.ts';
import { taskHeaders } from '../openai-request.ts';
import { responseIdIn } from '../response-id-in.ts';
import { sendResponseEvent } from '../send-response-event.ts';
import type { ServeUrl, UrlService } from '../url-route.ts';

/** GET /v1/responses/{response_id}, with `stream=true` all its events, or those after `starting_after`. */
export const serve: ServeUrl = async ({ event, tenant }, response, service) => {
  const query = parseRequest(ResponseQuery, event.queryStringParameters ?? {});
  const found = await getResponse(tenant, responseIdIn(event), Date.now(), service.ports);
  const headers = taskHeaders(found.task);
  if (query.stream !== 'true') return response.json(200, toWireResponse(found.task, found.input), headers);
  if (found.input.response.request.background !== true)
    throw invalidRequest([{ pointer: '/stream', detail: 'is served of background responses alone' }]);

  const events = new ResponseEvents(found.input);
  const signal = AbortSignal.any([response.left, service.timeIsUp]);
  const writer = response.events(headers);
  const after = query.starting_after === undefined ? undefined : Number(query.starting_after);
  // What goes wrong from here on only ends the stream: the numbers of its events are taken.
  for await (const each of events.all(follow(found, service, signal), after)) sendResponseEvent(writer, each);
};

/** From its beginning: the same is told as to whoever read it while it was written. */
async function* follow(
  { task }: StoredResponse,
  { ports }: UrlService,
  signal: AbortSignal,
): AsyncGenerator<Progress> {
  yield { kind: 'state', task };
  yield* followTask(task, new Told(nothingTold), true, ports, signal);
}
