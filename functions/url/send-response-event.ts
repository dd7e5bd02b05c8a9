import type { ResponseEvent } from '../../core/responses/response-events.ts';
import type { EventWriter } from './url-response.ts';

export function sendResponseEvent(writer: EventWriter, event: ResponseEvent): void {
  writer.send(JSON.stringify(event), { event: event.type });
}
