import { randomUUID } from 'node:crypto';
import { requireScope } from '../../../core/access/caller.ts';
import { answerTask } from '../../../core/answers/answer-task.ts';
import {
  readEventId,
  resumeEvent,
  type StreamEvent,
  toStreamEvents,
} from '../../../core/answers/event-stream.ts';
import { followTask } from '../../../core/answers/follow-task.ts';
import { taskQuestion } from '../../../core/answers/task-question.ts';
import { nothingTold, type Place, Told } from '../../../core/answers/told.ts';
import { taskNotFound } from '../../../core/tasks/get-task.ts';
import { readIdempotencyKey } from '../../../core/tasks/idempotency.ts';
import type { Task } from '../../../core/tasks/task.ts';
import { readJsonBody } from '../../http/middleware/read-body.ts';
import type { ServeUrl, UrlRequest, UrlService } from '../url-route.ts';
import { watch } from '../watch.ts';

/** POST /api/v1/process/stream: a new task, or with `Last-Event-ID` and no body one that goes on. */
export const serve: ServeUrl = async (request, response, service) => {
  const signal = AbortSignal.any([response.left, service.timeIsUp]);
  const { from, progress } = await begin(request, service, signal);
  let task: Task | undefined;
  const events = toStreamEvents(
    watch(progress, (told) => {
      if (told.kind === 'state' || told.kind === 'restart') task = told.task;
    }),
    from,
  );
  // What is refused is refused with a status of its own: the stream begins with the first event.
  let next = await events.next();
  const writer = response.events();
  const send = ({ event, id, data }: StreamEvent) => writer.send(JSON.stringify(data), { event, id });
  let last: StreamEvent | undefined;
  for (; !next.done; next = await events.next()) {
    last = next.value;
    send(last);
  }
  const hasEnded = last?.event === 'completed' || last?.event === 'failed';
  if (hasEnded || !task || !last) return;
  if (!response.left.aborted) return send(resumeEvent(task, last.id));
  if (service.settings.whenClientLeaves === 'cancel') await service.ports.tasks.cancel(task, Date.now());
};

async function begin(request: UrlRequest, service: UrlService, signal: AbortSignal) {
  const { tenant, caller, event } = request;
  const { ports, rules, settings } = service;
  const lastEventId = event.headers['last-event-id'];
  const place = lastEventId === undefined ? undefined : readEventId(lastEventId);
  if (place && !event.body) {
    // It reads a task that is there already.
    requireScope(caller, 'read');
    return resume(tenant, place, service, signal);
  }
  const idempotencyKey = readIdempotencyKey(event.headers['idempotency-key']);
  const body = readJsonBody(event);
  const asked = { tenant, body, uuid: randomUUID(), idempotencyKey, now: Date.now() };
  const question = taskQuestion(asked, 'restarts', rules);
  return { from: nothingTold, progress: answerTask(question, settings.maxQueueSize, ports, signal) };
}

async function resume(
  tenant: string,
  { taskId, ...from }: ReturnType<typeof readEventId>,
  { ports }: UrlService,
  signal: AbortSignal,
) {
  const key = { tenant, taskId };
  const task = await ports.tasks.get(key);
  if (!task) throw taskNotFound(taskId);
  // Its worker tells only whoever handed it over, until it hears that somebody else reads.
  if (task.unqueued) await ports.tasks.listen(key);
  return { from: from as Place, progress: followTask(key, new Told(from), true, ports, signal) };
}
