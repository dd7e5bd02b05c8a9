import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { taskTypes } from '../../../../config/task-types.ts';
import { buildDocument } from '../../../../core/http-contract/build-document.ts';
import { operations, streamOperations } from '../../../../core/http-contract/operations.ts';
import { pageOperations } from '../../../../core/http-contract/page-operations.ts';
import { errorStatus } from '../../../../functions/http/middleware/error-status.ts';
import { findRoute, urlRoutes } from '../../../../functions/url/routes.ts';
import { httpRoutes } from '../../../../lib/http-routes.ts';
import { root } from '../../read-imports.ts';

const options = {
  version: '1.2.3',
  taskTypes: [...taskTypes.values()],
  open: false,
  webSocket: true,
  streamUrl: 'https://streams.example/',
  errorStatus,
};
const document = buildDocument(options);
const text = JSON.stringify(document);
const { schemas } = document.components as { schemas: Record<string, Record<string, unknown>> };

test('the document has every route that is deployed, and no other but those of pages', () => {
  const documented = operations
    .filter((operation) => !pageOperations.includes(operation))
    .map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  const deployed = httpRoutes.map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(documented.sort(), deployed.sort());
});

test('an operation is public where its route is, and named as its function', () => {
  for (const route of httpRoutes) {
    const operation = operations.find(
      ({ method, path }) => method.toUpperCase() === route.method && path === route.path,
    );
    assert.equal(operation?.public, route.public, route.path);
    assert.equal(`http/${operation?.id}`, route.entry);
  }
});

test('so is what the URL of streams serves, and each of these says that it may have another address', () => {
  const served = streamOperations.map(({ method, path }) => findRoute(method.toUpperCase(), path).name);
  assert.deepEqual([...new Set(served)], [...new Set(urlRoutes.map(({ name }) => name))]);
  for (const { path, method } of [...operations, ...streamOperations]) {
    const { servers } = described.find((each) => each.path === path && each.method === method) ?? {};
    const isStreamed = streamOperations.some((each) => each.path === path);
    assert.equal(servers?.[0]?.url, isStreamed ? 'https://streams.example/' : undefined);
    assert.equal(servers?.[0]?.description.includes('`StreamUrl`'), isStreamed || undefined, path);
  }
});

/** Operation → method, path and statuses. Generated clients know the ids: they never change. */
const contract = {
  'submit-task': 'POST /api/v1/tasks 202 400 401 403 413 422 429 500 503',
  'list-tasks': 'GET /api/v1/tasks 200 400 401 403 500',
  'get-task': 'GET /api/v1/tasks/{task_id} 200 400 401 403 404 500',
  'cancel-task': 'DELETE /api/v1/tasks/{task_id} 200 401 403 404 409 500',
  'reprioritize-task': 'PATCH /api/v1/tasks/{task_id} 200 400 401 403 404 409 413 500',
  'list-deliveries': 'GET /api/v1/tasks/{task_id}/deliveries 200 401 403 404 500',
  'submit-batch': 'POST /api/v1/tasks/batch 202 400 401 403 409 413 422 429 500 503',
  'list-batch-deliveries': 'GET /api/v1/batches/{batch_id}/deliveries 200 401 403 404 500',
  'get-batch': 'GET /api/v1/batches/{batch_id} 200 401 403 404 500',
  'process-sync': 'POST /api/v1/process/sync 200 202 400 401 403 413 422 429 500 503',
  'process-stream': 'POST /api/v1/process/stream 200 400 401 403 404 413 422 429 500 503',
  'create-chat-completion': 'POST /v1/chat/completions 200 400 401 403 404 409 413 422 429 500 502 503 504',
  'create-response': 'POST /v1/responses 200 400 401 403 404 409 413 422 429 500 502 503 504',
  'get-response': 'GET /v1/responses/{response_id} 200 400 401 403 404 500',
  'delete-response': 'DELETE /v1/responses/{response_id} 200 401 403 404 500',
  'cancel-response': 'POST /v1/responses/{response_id}/cancel 200 400 401 403 404 500',
  'list-input-items': 'GET /v1/responses/{response_id}/input_items 200 400 401 403 404 500',
  'create-embeddings': 'POST /v1/embeddings 200 400 401 403 404 409 413 422 429 500 502 503 504',
  'list-models': 'GET /v1/models 200 401 403 500',
  'get-model': 'GET /v1/models/{model} 200 401 403 404 500',
  'create-file': 'POST /v1/files 200 400 401 403 413 500',
  'list-files': 'GET /v1/files 200 400 401 403 500',
  'get-file': 'GET /v1/files/{file_id} 200 401 403 404 500',
  'delete-file': 'DELETE /v1/files/{file_id} 200 401 403 404 500',
  'get-file-content': 'GET /v1/files/{file_id}/content 200 206 400 401 403 404 413 416 500',
  'create-upload': 'POST /v1/uploads 200 400 401 403 413 500',
  'add-upload-part': 'POST /v1/uploads/{upload_id}/parts 200 400 401 403 404 409 413 500',
  'complete-upload': 'POST /v1/uploads/{upload_id}/complete 200 400 401 403 404 409 413 500',
  'cancel-upload': 'POST /v1/uploads/{upload_id}/cancel 200 401 403 404 409 500',
  'create-batch': 'POST /v1/batches 200 400 401 403 413 422 500',
  'list-batches': 'GET /v1/batches 200 400 401 403 500',
  'get-openai-batch': 'GET /v1/batches/{batch_id} 200 401 403 404 500',
  'cancel-batch': 'POST /v1/batches/{batch_id}/cancel 200 401 403 404 409 500',
  'list-providers': 'GET /api/v1/providers 200 401 403 500',
  'list-provider-statuses': 'GET /api/v1/providers/status 200 401 403 500',
  'get-provider-status': 'GET /api/v1/providers/{name}/status 200 401 403 404 500',
  'get-stats': 'GET /api/v1/stats 200 401 403 500',
  'get-metrics': 'GET /api/v1/metrics 200 401 403 500',
  'create-ws-ticket': 'POST /api/v1/ws-tickets 201 401 403 500',
  'get-health': 'GET /health 200 500',
  'get-ready': 'GET /ready 200 500 503',
  'get-openapi': 'GET /openapi.json 200 500',
  'get-console': 'GET / 200 500',
  'get-docs': 'GET /docs 200 500',
  'get-console-settings': 'GET /console/config.json 200 500',
};

interface DescribedAnswer {
  description: string;
  headers: Record<string, unknown>;
  content: Record<string, unknown>;
}

interface DescribedOperation {
  operationId: string;
  summary: string;
  tags: string[];
  security: { bearer?: string[] }[];
  servers?: { url: string; description: string }[];
  parameters: { name: string; description: string; schema: Record<string, unknown> }[];
  responses: Record<string, DescribedAnswer>;
}

const described = Object.entries(
  document.paths as Record<string, Record<string, DescribedOperation>>,
).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method, path, ...operation })),
);
const responsesOf = (id: string) =>
  described.find(({ operationId }) => operationId === id)?.responses as Record<string, DescribedAnswer>;

test('the ids, paths and statuses of all operations are those of this list', () => {
  const found = described.map(({ operationId, method, path, responses }) => [
    operationId,
    [method.toUpperCase(), path, ...Object.keys(responses)].join(' '),
  ]);
  assert.deepEqual(Object.fromEntries(found), contract);
  assert.equal(found.length, Object.keys(contract).length, 'no id comes twice');
});

test('the events that are sent to webhooks have ids of their own', () => {
  assert.deepEqual(Object.keys(document.webhooks as object), [
    'receive-task-event',
    'receive-batch-completed',
    'receive-response-event',
  ]);
});

test('every parameter, answer and tag is described', () => {
  const tagNames = (document.tags as { name: string; description: string }[]).map(({ name }) => name);
  for (const { operationId, summary, parameters, responses, tags } of described) {
    assert(summary, operationId);
    for (const tag of tags) assert(tagNames.includes(tag), `${operationId} ${tag}`);
    for (const { name, description } of parameters) assert(description, `${operationId} ${name}`);
    for (const [status, { description }] of Object.entries(responses))
      assert(description, `${operationId} ${status}`);
  }
});

test('answers are described with the headers that they have', () => {
  for (const { operationId, responses } of described)
    for (const [status, { headers }] of Object.entries(responses)) {
      assert('x-request-id' in headers, `${operationId} ${status}`);
      const names = status === '401' || status === '403';
      assert.equal('www-authenticate' in headers, names, `${operationId} ${status}`);
      const isRefusal =
        status === '429' ||
        (status === '503' && operationId !== 'get-ready') ||
        (status === '202' && operationId === 'process-sync') ||
        (status === '409' && operationId === 'submit-batch');
      assert.equal('retry-after' in headers, isRefusal, `${operationId} ${status}`);
    }
  assert('location' in (responsesOf('submit-task')[202]?.headers ?? {}));
  assert('location' in (responsesOf('submit-batch')[202]?.headers ?? {}));
  for (const status of [200, 202])
    assert('location' in (responsesOf('process-sync')[status]?.headers ?? {}), String(status));
  assert('x-llm-task-id' in (responsesOf('create-chat-completion')[200]?.headers ?? {}));
});

test('errors have OpenAI’s form where OpenAI’s clients read them, and only there', () => {
  for (const { path, operationId, responses } of described)
    for (const [status, answer] of Object.entries(responses).filter(([code]) => Number(code) >= 400)) {
      const [form] = Object.keys(answer.content);
      if (operationId === 'get-ready' && status === '503') continue;
      const expected = path.startsWith('/v1/') ? 'application/json' : 'application/problem+json';
      assert.equal(form, expected, `${operationId} ${status}`);
    }
});

test('every reference leads somewhere', () => {
  const names = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, target]) => target ?? '');
  assert(names.length > 10);
  for (const name of names) {
    const steps = name.replace(/^#\//, '').split('/');
    const target = steps.reduce<unknown>((node, step) => (node as Record<string, unknown>)?.[step], document);
    assert(target, name);
  }
});

test('a task request is described as strictly as it is checked', () => {
  const request = schemas.TaskRequest as { properties: Record<string, unknown>; required: string[] };
  assert.equal(schemas.TaskRequest?.additionalProperties, false);
  assert.deepEqual(request.required, ['type']);
  assert.deepEqual((request.properties.type as { enum: string[] }).enum, [...taskTypes.keys()]);
  assert.equal(schemas.TaskConfig?.additionalProperties, false);
});

test('answers may gain members later', () => {
  assert.equal(schemas.Task?.additionalProperties, undefined);
});

test('a batch is described with its tasks', () => {
  const { properties } = schemas.BatchRequest as { properties: { tasks: Record<string, unknown> } };
  assert.deepEqual(properties.tasks, {
    type: 'array',
    minItems: 1,
    maxItems: 1000,
    items: { $ref: '#/components/schemas/TaskRequest' },
  });
});

test('a query parameter is described by the type that a caller means', () => {
  const list = (document.paths as Record<string, Record<string, { parameters: unknown[] }>>)['/api/v1/tasks']
    ?.get;
  const limit = list?.parameters.find((parameter) => (parameter as { name: string }).name === 'limit');
  assert.deepEqual((limit as { schema: unknown }).schema, {
    type: 'integer',
    minimum: 1,
    maximum: 100,
    default: 20,
  });
});

test('the document of a service without WebSockets has no ticket for one', () => {
  const { paths } = buildDocument({ ...options, webSocket: false }) as { paths: object };
  assert.deepEqual(
    Object.keys(document.paths as object).filter((path) => !(path in paths)),
    ['/api/v1/ws-tickets'],
  );
});

test('each operation asks for a token of a scope, but where none is needed', () => {
  const { components } = document as { components: { securitySchemes: object } };
  assert.deepEqual(Object.keys(components.securitySchemes), ['bearer']);
  const asked = described.map(({ operationId, security }) => [operationId, security[0]?.bearer?.join()]);
  assert.deepEqual(
    Object.fromEntries(asked),
    Object.fromEntries(
      Object.keys(contract).map((id) => {
        if (operations.find((each) => (each.operationId ?? each.id) === id)?.public) return [id, undefined];
        if (['get-metrics', 'get-provider-status', 'list-provider-statuses'].includes(id))
          return [id, 'operate'];
        const changes =
          /^(submit|cancel|reprioritize|process)|^create-(chat|embed|response|file|upload|batch)|^(delete|add|complete)-/.test(
            id,
          );
        return [id, changes ? 'submit' : 'read'];
      }),
    ),
  );
});

test('each function asks for the scope that its operation names', () => {
  for (const { id, scope, public: isPublic } of operations) {
    if (isPublic) continue;
    const source = readFileSync(join(root, 'functions/http', `${id}.ts`), 'utf8');
    const [, asked] = /createAuthenticate\(process\.env(?:, '(\w+)')?\)/.exec(source) ?? [];
    assert.equal(asked, scope, id);
  }
  for (const { method, path, scope } of streamOperations)
    assert.equal(findRoute(method.toUpperCase(), path).scope, scope, path);
});

test('the document of an open service asks for no token', () => {
  const open = buildDocument({ ...options, open: true });
  for (const methods of Object.values(open.paths as Record<string, Record<string, { security: unknown }>>))
    for (const operation of Object.values(methods)) assert.deepEqual(operation.security, []);
  assert.doesNotMatch(JSON.stringify(open), /unauthenticated`/);
});
