import assert from 'node:assert/strict';
import type { Answer, Call, Client } from '../../e2e/client.ts';

export interface DocumentedOperation {
  id: string;
  method: string;
  path: string;
  /** Undefined: it is public. */
  scope: string | undefined;
  query: string[];
  headers: string[];
}

/** Every operation of the service's own document. */
export async function readOperations({ call }: Client): Promise<DocumentedOperation[]> {
  const { json } = await call('GET', '/openapi.json');
  return Object.entries<Record<string, never>>(json.paths).flatMap(([path, methods]) =>
    // biome-ignore lint/suspicious/noExplicitAny: the document is JSON.
    Object.entries<any>(methods).map(([method, { operationId, security, parameters }]) => {
      const named = (place: string) =>
        parameters
          .filter((each: { in: string }) => each.in === place)
          .map((each: { name: string }) => each.name);
      return {
        id: operationId,
        method: method.toUpperCase(),
        path,
        scope: security[0]?.bearer[0],
        query: named('query'),
        headers: named('header'),
      };
    }),
  );
}

/** What a caller knows of another: ids, keys, cursors, bodies. */
export interface Known {
  task_id: string;
  batch_id: string;
  response_id: string;
  file_id: string;
  upload_id: string;
  /** Of `/v1/batches`, whose ids are others than those of `/api/v1/batches`. */
  openai_batch_id: string;
  cursor: string;
  idempotencyKey: string;
  lastEventId: string;
  bodies: Record<string, unknown>;
  /** Forms, where the body is no JSON. */
  forms: Record<string, FormData>;
}

/** Calls an operation with all that is known put into every place that it has; a header of '' is left out. */
export async function callWith(
  known: Known,
  { call }: Client,
  operation: DocumentedOperation,
  { body = known.bodies[operation.id], ...other }: Call = {},
): Promise<Answer> {
  const batch_id = operation.path.startsWith('/v1/') ? known.openai_batch_id : known.batch_id;
  const values: Record<string, string> = { ...known, batch_id, name: 'simulated', model: 'auto' } as never;
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    assert.ok(values[name], `${operation.id}: what stands for {${name}}?`);
    return values[name];
  });
  const headers: Record<string, string> = {
    'Idempotency-Key': known.idempotencyKey,
    'Last-Event-ID': known.lastEventId,
    'x-stainless-retry-count': '1',
    Range: 'bytes=0-9',
  };
  for (const name of operation.headers) assert.ok(headers[name], `${operation.id}: what stands for ${name}?`);
  const form = known.forms[operation.id];
  const sent = Object.entries({ ...headers, ...(form && { 'content-type': formType }), ...other.headers });
  return call(operation.method, path, {
    ...other,
    headers: Object.fromEntries(sent.filter(([, value]) => value !== '')),
    ...(form ? { raw: await bytesOf(form) } : { body }),
  });
}

const boundary = 'boundary-of-this-test';

export const formType = `multipart/form-data; boundary=${boundary}`;

/** As `fetch` writes it, under a boundary of its own. */
export async function bytesOf(form: FormData): Promise<Uint8Array<ArrayBuffer>> {
  const written = new Response(form);
  const [, own = ''] = /boundary=(.+)$/.exec(written.headers.get('content-type') ?? '') ?? [];
  return new TextEncoder().encode((await written.text()).replaceAll(own, boundary));
}
