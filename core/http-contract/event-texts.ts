/** How events come and what a WebSocket speaks, in Markdown: an OpenAPI document has no other place for either. */
export function describeEvents({ webSocket }: { webSocket: boolean }): string {
  return [events, ...(webSocket ? [socket] : []), bus].join('\n\n');
}

const events = `## Events

Each change of a task is one event, the same on every channel: the schema \`TaskEvent\`; the end of a batch is a
\`BatchEvent\`.

| \`event_type\` | \`status\` | when |
| --- | --- | --- |
| \`queued\` | \`queued\` | accepted |
| \`processing\` | \`processing\` | a worker claimed it for an attempt |
| \`retrying\` | \`queued\` | it waits for another attempt, here or at another provider |
| \`completed\`, \`failed\`, \`cancelled\` | the same | it ended; nothing follows |
| \`batch.completed\` | \`completed\` | the last accepted task of the batch ended |

Events come at least once. \`version\` grows by one with each event of a task: keep the highest seen of each \`task_id\`
and drop what is not above it. Where an event would pass 28 KB its \`data\` is left out, and \`"data_omitted": true\` says
to read the task. Webhooks, below, get the final ones unless \`callback_events\` names others.`;

const socket = `## WebSocket

\`GET /ws\` sends events as frames of JSON: to a client that only connects, every one of its tenant. Back ends send
\`Authorization: Bearer <token>\`; a browser gets a ticket by \`POST /api/v1/ws-tickets\` and connects to its \`url\` with
\`?ticket=<ticket>\`, once and within a minute. Without a valid one the upgrade is answered by 401.

| a client sends | effect |
| --- | --- |
| \`{"action":"subscribe","task_ids":[…],"batch_ids":[…],"since":"…"}\` | the present state of each named task, as events; then \`subscribed\`, and from there events of what was named alone. \`since\` leaves out what has not changed after it |
| \`{"action":"subscribe","task_ids":[…],"deltas":true}\` | pieces of the answer too, as the model writes it |
| \`{"action":"subscribe","since":"…"}\` | the tenant’s tasks that changed since, then every event again |
| \`{"action":"unsubscribe","task_ids":[…],"batch_ids":[…]}\` | no more events of these; without ids of none at all |
| \`{"action":"ping"}\` | \`pong\`; the connection ends after 10 minutes without a message, and after 2 hours |

| a client gets | fields |
| --- | --- |
| an event | as above |
| \`delta\` | \`task_id\`, \`index\`, \`content\`; an \`index\` of 0 begins anew |
| \`subscribed\` | \`task_ids\`, \`batch_ids\`, \`replayed\`, \`complete\`, \`since\`; with \`complete: false\` subscribe again with that \`since\` |
| \`unsubscribed\` | \`task_ids\`, \`batch_ids\` |
| \`pong\` | none |
| \`error\` | \`error\`: \`code\`, \`message\`, \`errors\`; the connection stays |`;

const bus = `## Event bus

An EventBridge bus of the deployment, its output \`EventBusName\`, has the final events unless configured otherwise:
\`source\` is \`llm-service\`, \`detail-type\` \`task.<event_type>\`, and \`detail\` the event with the \`tenant\` beside it.`;
