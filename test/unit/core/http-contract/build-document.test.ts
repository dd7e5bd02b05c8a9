import assert from 'node:assert/strict';
import { test } from 'node:test';
import { taskTypes } from '../../../../config/task-types.ts';
import { buildDocument } from '../../../../core/http-contract/build-document.ts';
import { operations } from '../../../../core/http-contract/operations.ts';
import { errorStatus } from '../../../../functions/http/middleware/error-status.ts';
import { httpRoutes } from '../../../../lib/http-routes.ts';

const options = { version: '1.2.3', taskTypes: [...taskTypes.keys()], open: false, errorStatus };
const document = buildDocument(options);
const text = JSON.stringify(document);
const { schemas } = document.components as { schemas: Record<string, Record<string, unknown>> };

test('the document has every route that is deployed, and no other', () => {
  const documented = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
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

test('every reference leads somewhere', () => {
  const names = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, target]) => target ?? '');
  assert(names.length > 10);
  for (const name of names) assert(schemas[name.replace('#/components/schemas/', '')], name);
});

test('a task request is described as strictly as it is checked', () => {
  const request = schemas.TaskRequest as { properties: Record<string, unknown>; required: string[] };
  assert.equal(schemas.TaskRequest?.additionalProperties, false);
  assert.deepEqual(request.required, ['type']);
  assert.deepEqual((request.properties.type as { enum: string[] }).enum, options.taskTypes);
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

test('a query parameter is described as what a caller means by it', () => {
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

test('a document of an open service asks for no token', () => {
  const open = buildDocument({ ...options, open: true });
  assert.equal(open.security, undefined);
  assert.doesNotMatch(JSON.stringify(open), /unauthenticated`/);
});
