import type * as z from 'zod';
import { type RequestErrorCode, requestErrorCodes } from '../service-error.ts';
import { convertSchema, type JsonSchema } from './convert-schema.ts';
import type { Operation, OperationAnswer } from './operation.ts';
import { operations } from './operations.ts';
import { WireProblem } from './problem-wire.ts';

export interface DocumentOptions {
  version: string;
  /** Names of the task types of this deployment. */
  taskTypes: string[];
  /** No token is asked for. */
  open: boolean;
  errorStatus: Record<RequestErrorCode, number>;
}

const description = `Work for many LLM providers behind one API: tasks wait instead of being refused, urgent ones go
first, and every accepted task ends. Errors are \`application/problem+json\` (RFC 9457). Events come over the WebSocket
\`/ws\`, a signed webhook, and an event bus.`;

/** The OpenAPI 3.1 document, from the schemas that check requests. */
export function buildDocument(options: DocumentOptions): Record<string, unknown> {
  const schemas: Record<string, JsonSchema> = {};
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations)
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: describe(operation, options, schemas),
    };
  nameTaskTypes(schemas, options.taskTypes);
  return {
    openapi: '3.1.0',
    info: {
      title: 'LLM Service',
      version: options.version,
      description,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    ...(!options.open && { security: [{ bearer: [] }] }),
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas,
      ...(!options.open && { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } }),
    },
  };
}

function describe(operation: Operation, options: DocumentOptions, schemas: Record<string, JsonSchema>) {
  const { body } = operation;
  return {
    operationId: operation.operationId ?? operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description && { description: operation.description }),
    ...(operation.public && { security: [] }),
    parameters: [...pathParameters(operation), ...queryParameters(operation), ...headerParameters(operation)],
    ...(body && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: convertSchema(body, 'input', schemas) } },
      },
    }),
    responses: { ...answers(operation, schemas), ...problems(operation, options, schemas) },
  };
}

function pathParameters({ path }: Operation) {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters({ query }: Operation) {
  // As read, not as sent: every value is a string on the wire, and a number is what a caller means.
  return Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    schema: convertSchema(schema as z.ZodType, 'output', {}),
  }));
}

function headerParameters({ headers = [] }: Operation) {
  return headers.map(({ name, description, maxLength }) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string', minLength: 1, maxLength },
  }));
}

function answers(operation: Operation, schemas: Record<string, JsonSchema>) {
  const toAnswer = ({ description, schema, contentType, headers }: OperationAnswer) => ({
    description,
    ...(headers && {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, text]) => [
          name,
          { description: text, schema: { type: 'string' } },
        ]),
      ),
    }),
    content: {
      [contentType ?? 'application/json']: {
        schema: schema ? convertSchema(schema, 'output', schemas) : { type: 'string' },
      },
    },
  });
  return Object.fromEntries(
    Object.entries(operation.answers).map(([status, answer]) => [status, toAnswer(answer)]),
  );
}

function problems(operation: Operation, options: DocumentOptions, schemas: Record<string, JsonSchema>) {
  const isSecured = !operation.public && !options.open;
  const codes: RequestErrorCode[] = [
    ...operation.errors,
    ...(isSecured ? ['unauthenticated' as const] : []),
    'internal',
  ];
  const byStatus = Map.groupBy(
    requestErrorCodes.filter((code) => codes.includes(code)),
    (code) => options.errorStatus[code],
  );
  const schema = convertSchema(WireProblem, 'output', schemas);
  return Object.fromEntries(
    [...byStatus].map(([status, some]) => [
      status,
      {
        description: some.map((code) => `\`${code}\``).join(' or '),
        ...((status === 429 || status === 503) && {
          headers: { 'retry-after': { description: 'Seconds', schema: { type: 'integer' } } },
        }),
        content: { 'application/problem+json': { schema } },
      },
    ]),
  );
}

function nameTaskTypes(schemas: Record<string, JsonSchema>, names: string[]): void {
  const properties = schemas.TaskRequest?.properties as Record<string, JsonSchema> | undefined;
  if (properties?.type) properties.type = { ...properties.type, enum: names };
}
