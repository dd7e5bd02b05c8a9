import type * as z from 'zod';
import { type RequestErrorCode, requestErrorCodes } from '../service-error.ts';
import { convertSchema, type JsonSchema } from './convert-schema.ts';
import { WireOpenaiError } from './openai-operations.ts';
import type { Operation, OperationAnswer } from './operation.ts';
import { WireProblem } from './problem-wire.ts';
import { ServerSentEvent } from './server-sent-event.ts';

export interface OperationContext {
  /** No token is asked for. */
  open: boolean;
  errorStatus: Record<RequestErrorCode, number>;
  /** Gains the schemas that the operation refers to. */
  schemas: Record<string, JsonSchema>;
}

/** Headers that the document's components define. */
export const sharedHeaders = {
  RequestId: { description: 'Finds the request in the logs of the service', schema: { type: 'string' } },
};
/** Every answer has this header (functions/http/middleware/set-headers.ts). */
const everyAnswer = { 'x-request-id': { $ref: '#/components/headers/RequestId' } };

const pathParameterTexts: Record<string, string> = {
  task_id: 'Id of the task: `task_<uuid>`',
  batch_id: 'Id of the batch: `batch_…`',
  response_id: 'Id of the response: `resp_<uuid>`',
  name: 'Name of the provider, as `GET /api/v1/providers` lists it',
  file_id: 'Id of the file: `file-…`',
  upload_id: 'Id of the upload: `upload_…`',
  model: 'As `GET /v1/models` lists it; a slash in it may stand as it is',
};

/** An OpenAPI 3.1 Operation Object (spec.openapis.org/oas/v3.1.0#operation-object). */
export function describeOperation(operation: Operation, context: OperationContext): Record<string, unknown> {
  const { body, form, example } = operation;
  return {
    operationId: operation.operationId ?? operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description && { description: operation.description }),
    security: operation.public || context.open ? [] : [{ bearer: [operation.scope] }],
    parameters: [...pathParameters(operation), ...queryParameters(operation), ...headerParameters(operation)],
    ...(body && {
      requestBody: {
        required: !operation.optionalBody,
        content: {
          'application/json': {
            schema: convertSchema(body, 'input', context.schemas),
            ...(example !== undefined && { example }),
          },
        },
      },
    }),
    ...(form && {
      requestBody: {
        required: true,
        content: { 'multipart/form-data': { schema: convertSchema(form, 'input', context.schemas) } },
      },
    }),
    responses: { ...answers(operation, context), ...errors(operation, context) },
  };
}

function pathParameters({ path }: Operation) {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    description: pathParameterTexts[name],
    schema: { type: 'string' },
  }));
}

function queryParameters({ query }: Operation) {
  return Object.entries(query?.shape ?? {}).map(([name, schema]) => {
    // The type after parsing: on the wire every value is a string, but a caller means a number.
    const { description, ...converted } = convertSchema(schema as z.ZodType, 'output', {});
    return { name, in: 'query', required: false, description, schema: converted };
  });
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

function answers(operation: Operation, { schemas }: OperationContext) {
  const toAnswer = ({ description, schema, contentType, orEvents, headers = {} }: OperationAnswer) => ({
    description,
    headers: {
      ...everyAnswer,
      ...Object.fromEntries(
        Object.entries(headers).map(([name, text]) => [
          name,
          { description: text, schema: { type: 'string' } },
        ]),
      ),
    },
    content: {
      [contentType ?? 'application/json']: {
        schema: schema ? convertSchema(schema, 'output', schemas) : { type: 'string' },
      },
      ...(orEvents && { 'text/event-stream': { schema: convertSchema(ServerSentEvent, 'output', schemas) } }),
    },
  });
  return Object.fromEntries(
    Object.entries(operation.answers).map(([status, answer]) => [status, toAnswer(answer)]),
  );
}

function errors(operation: Operation, context: OperationContext) {
  return operation.openaiErrors
    ? openaiErrors(operation.openaiErrors, context)
    : problems(operation, context);
}

function openaiErrors(own: Record<number, string>, { open, schemas }: OperationContext) {
  const schema = convertSchema(WireOpenaiError, 'output', schemas);
  const all = {
    ...own,
    ...(!open && {
      401: '`invalid_api_key`: the bearer token is missing or wrong',
      403: '`forbidden`: the token lacks the scope that the message names',
    }),
    500: '`internal`: a fault of the service',
  };
  return Object.fromEntries(
    Object.entries(all).map(([status, description]) => [
      status,
      {
        description,
        headers: { ...everyAnswer, ...problemHeaders(Number(status)) },
        content: { 'application/json': { schema } },
      },
    ]),
  );
}

function problems(operation: Operation, { open, errorStatus, schemas }: OperationContext) {
  const codes: RequestErrorCode[] = [...operation.errors, 'internal'];
  if (!operation.public && !open) codes.push('unauthenticated', 'forbidden');
  const byStatus = Map.groupBy(
    requestErrorCodes.filter((code) => codes.includes(code)),
    (code) => errorStatus[code],
  );
  const schema = convertSchema(WireProblem, 'output', schemas);
  return Object.fromEntries(
    [...byStatus].map(([status, some]) => [
      status,
      {
        description: some.map((code) => `\`${code}\``).join(' or '),
        headers: { ...everyAnswer, ...problemHeaders(status, operation) },
        content: { 'application/problem+json': { schema } },
      },
    ]),
  );
}

/** The headers of functions/http/middleware/answer-problems.ts. */
function problemHeaders(status: number, operation?: Operation) {
  if (status === 401)
    return { 'www-authenticate': { description: 'The scheme: `Bearer`', schema: { type: 'string' } } };
  if (status === 403)
    return {
      'www-authenticate': { description: 'The scope that the token lacks', schema: { type: 'string' } },
    };
  const isUnderWay = status === 409 && operation?.id === 'submit-batch';
  if (status === 429 || status === 503 || isUnderWay)
    return {
      'retry-after': { description: 'Seconds to wait before the next try', schema: { type: 'integer' } },
    };
  return {};
}
