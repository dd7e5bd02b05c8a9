/** What holds for every operation, in Markdown. */
export const introduction = [
  'Work for many LLM providers behind one API. Tasks wait instead of being refused, urgent ones go ' +
    'first, and every accepted task ends.',
  'A submitted task waits for a free slot of a provider. It is tried, repeated and moved to another ' +
    'provider as its `config` allows, and ends as `completed`, `failed` or `cancelled`. Read it, or be ' +
    'told by the WebSocket `/ws`, a signed webhook or an event bus.',
  '**Conventions.** JSON is UTF-8, its names are snake_case. Times are ISO 8601 in UTC with ' +
    'milliseconds. Durations are texts such as `250ms`, `60s`, `5m` or `1m30s`. A field that is not ' +
    'described is refused with 400, except inside `data`, `metadata` and `response_schema`. Answers and ' +
    'events may gain members: ignore what you do not know.',
  '**Sizes.** A body has at most 5 MiB (5,242,880 bytes) of JSON and 200 levels, and at most 6,000,000 bytes ' +
    'where every quote, backslash and line break counts twice.',
  '**Errors** are `application/problem+json` (RFC 9457); `code` says which, `errors` name the fields. ' +
    'A path that is not here answers 404; another method of a path here answers 405 with `allow`. A ' +
    '`GET` without a token answers `HEAD` too, without a body. On ' +
    'AWS the gateway itself may answer 413 or 429 with `{"message":…}` instead.',
  '**Repeating.** A `POST` with an `Idempotency-Key` may be repeated safely for 24 hours. After 429 ' +
    'and 503 wait for `retry-after`.',
].join('\n\n');

/** The document's tags, in its order. */
export const tags = {
  Tasks: 'One piece of work for a model',
  Batches: 'Up to 1,000 tasks at once, followed as one',
  Answers:
    'The answer itself, while the caller waits. What waits for an answer goes before what waits in queues, ' +
    'unless it says otherwise',
  OpenAI:
    'The official clients of OpenAI, with another base URL and the token of the deployment as their key. ' +
    'Errors have OpenAI’s form here. docs/openai.md of the repository has what passes through',
  Providers: 'Which providers there are, and how they are doing',
  Events: 'Being told of changes instead of asking: by webhooks, the WebSocket and the event bus',
  Service: 'The service itself',
} as const;
export type Tag = keyof typeof tags;
