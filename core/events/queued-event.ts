import * as z from 'zod';
import { BatchEvent, type ServiceEvent, TaskEvent } from './build-event.ts';

/** The members of an event that the service relies on. `data` is only for the receiver. */
const Envelope = z.union([TaskEvent.omit({ data: true }), BatchEvent.omit({ data: true })]);

/** An event in a message: checked, but passed on as it was queued, since a newer version may have added to it. */
export const QueuedEvent = z.custom<ServiceEvent>(
  (event) => Envelope.safeParse(event).success,
  'is not an event',
);
