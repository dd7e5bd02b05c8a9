import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { type Client, createClient } from '../../../client/create-client.ts';
import type { SocketFrame } from '../../../client/socket-frames.ts';
import type { StreamEvent } from '../../../client/stream-answer.ts';
import { routes } from '../../../client/wire.ts';
import type { StreamEvent as SentEvent } from '../../../core/answers/event-stream.ts';
import type { ServiceEvent as SentServiceEvent } from '../../../core/events/build-event.ts';
import { pageOperations } from '../../../core/http-contract/page-operations.ts';
import { clientDocument } from '../../../scripts/client/client-document.ts';
import { writeWireTypes } from '../../../scripts/client/write-wire-types.ts';

const document = clientDocument();

test('the types of the client are those of the OpenAPI document', () => {
  const kept = readFileSync(join(resolve(import.meta.dirname, '../../..'), 'client/wire.ts'), 'utf8');
  assert.equal(kept, writeWireTypes(document), 'Run `npm run client:types`');
});

test('a member or a route that the document gains makes other types', () => {
  const changed = structuredClone(document) as unknown as {
    paths: Record<string, unknown>;
    components: { schemas: Record<string, { properties: Record<string, unknown> }> };
  };
  (changed.components.schemas.Task as { properties: Record<string, unknown> }).properties.colour = {
    type: 'string',
  };
  changed.paths['/api/v1/colours'] = {
    get: {
      operationId: 'list-colours',
      responses: { 200: { content: { 'application/json': { schema: {} } } } },
    },
  };
  const text = writeWireTypes(changed);
  assert.match(text, /^ {2}colour\?: string;$/m);
  assert.match(text, /^ {2}'list-colours': 'GET \/api\/v1\/colours',$/m);
});

test('every route that the document has, but those of OpenAI and the pages, is called by a method', async () => {
  const called = new Set<string>();
  const fetch = async (url: string | URL | Request, { method }: RequestInit = {}) => {
    const pathname = decodeURIComponent(new URL(String(url)).pathname);
    const route = Object.values(routes).find((each) => {
      const [verb, template = ''] = each.split(' ');
      return verb === method && new RegExp(`^${template.replaceAll(/\{\w+\}/g, '@[^/]+')}$`).test(pathname);
    });
    called.add(route ?? `${method} ${pathname}`);
    const body = pathname.endsWith('/stream')
      ? 'event: completed\nid: task_1:1\ndata: {"status":"completed"}\n\n'
      : '{"status":"completed","tasks":[],"next_cursor":null}';
    return new Response(body, { headers: { 'content-type': 'application/json' } });
  };
  const client = createClient({ baseUrl: 'http://service.example', fetch });
  const request = { type: 'custom', prompt: 'Say yes' };
  const id = '@1';
  const calls: { [Name in keyof Client]: () => unknown } = {
    submit: () => client.submit(request),
    get: () => client.get(id),
    list: () => client.list(),
    listAll: () => Array.fromAsync(client.listAll()),
    cancel: () => client.cancel(id),
    reprioritize: () => client.reprioritize(id, 'high'),
    deliveries: () => client.deliveries(id),
    wait: () => client.wait(id),
    submitBatch: () => client.submitBatch({ tasks: [request] }),
    getBatch: () => client.getBatch(id),
    batchDeliveries: () => client.batchDeliveries(id),
    waitForBatch: () => client.waitForBatch(id),
    sync: () => client.sync(request),
    stream: () => Array.fromAsync(client.stream(request)),
    resumeStream: () => Array.fromAsync(client.resumeStream('task_1:1')),
    follow: () => undefined,
    providers: () => client.providers(),
    providerStatuses: () => client.providerStatuses(),
    providerStatus: () => client.providerStatus(id),
    stats: () => client.stats(),
    metrics: () => client.metrics(),
    health: () => client.health(),
    ready: () => client.ready(),
    openapi: () => client.openapi(),
    createTicket: () => client.createTicket(),
  };
  for (const call of Object.values(calls)) await call();
  const documented = Object.entries(document.paths as Record<string, object>)
    .filter(([path]) => !path.startsWith('/v1/') && !pageOperations.some((page) => page.path === path))
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
  assert.deepEqual([...called].sort(), documented.sort());
});

/** The compiler compares these: what is no part of the document's schemas. */
export const told: SocketFrame['event_type'] | undefined = undefined as
  | SentServiceEvent['event_type']
  | undefined;
export const streamed: StreamEvent['event'] | undefined = undefined as SentEvent['event'] | undefined;
export const sent: SentEvent['event'] | undefined = undefined as StreamEvent['event'] | undefined;
