// The Lambda API: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html and
// https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html
import type { IncomingMessage, ServerResponse } from 'node:http';
import { leftSignal, writeBytes } from '../client-connection.ts';
import type { LambdaHost } from '../lambda/lambda-host.ts';
import { preludeBytes } from '../lambda/stream-listener.ts';
import { TooManyRequestsError } from '../lambda/too-many-requests-error.ts';
import { readBody } from '../read-body.ts';
import type { RestService } from './aws-service.ts';
import { encodeEvent } from './event-stream.ts';
import { ServiceFault } from './service-fault.ts';

const pattern = /^\/20\d\d-\d\d-\d\d\/functions\/([^/]+)\/(invocations|response-streaming-invocations)$/;

interface Call {
  readonly functionName: string;
  readonly streams: boolean;
  /** Runs in the background. */
  readonly isEvent: boolean;
}

export function createLambdaApi(lambda: LambdaHost): RestService {
  return {
    operation: (request) => (parseCall(request, lambda).streams ? 'InvokeWithResponseStream' : 'Invoke'),

    access(request) {
      const { functionName } = parseCall(request, lambda);
      return [{ action: 'lambda:InvokeFunction', resource: lambda.definition(functionName).arn }];
    },

    /** A 429 says that nothing ran. */
    async handle(request, response) {
      const { functionName, streams, isEvent } = parseCall(request, lambda);
      const payload = String(await readBody(request)) || '{}';
      if (isEvent) {
        lambda.invokeAsync(functionName, payload);
        response.writeHead(202).end();
        return;
      }
      try {
        if (streams) await invokeStreaming(functionName, payload, lambda, response);
        else await invoke(functionName, payload, lambda, response);
      } catch (error) {
        if (!(error instanceof TooManyRequestsError)) throw error;
        throw new ServiceFault(429, error.name, error.message, { Reason: error.reason, Type: 'User' });
      }
    },
  };
}

function parseCall(request: IncomingMessage, lambda: LambdaHost): Call {
  const path = (request.url ?? '').split('?')[0] ?? '';
  const [, name, kind] = pattern.exec(path) ?? [];
  if (!name) throw new ServiceFault(404, 'UnknownOperationException', `Lambda ${path} is not served locally`);
  const functionName = decodeURIComponent(name);
  if (!lambda.has(functionName)) {
    throw new ServiceFault(404, 'ResourceNotFoundException', `Function not found: ${functionName}`);
  }
  const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
  const streams = kind === 'response-streaming-invocations';
  const isEvent = type === 'Event' && !streams;
  if (type !== 'RequestResponse' && !isEvent) {
    const message = `Lambda invocation type ${type} is not served locally`;
    throw new ServiceFault(400, 'InvalidParameterValueException', message);
  }
  return { functionName, streams, isEvent };
}

async function invoke(name: string, payload: string, lambda: LambdaHost, response: ServerResponse) {
  const result = await lambda.invoke(name, payload);
  response.writeHead(200, {
    'content-type': 'application/json',
    'x-amz-executed-version': '$LATEST',
    ...(result.functionError && { 'x-amz-function-error': result.functionError }),
  });
  response.end(result.payload);
}

async function invokeStreaming(name: string, payload: string, lambda: LambdaHost, response: ServerResponse) {
  const start = () => {
    if (response.headersSent) return;
    response.writeHead(200, {
      'content-type': 'application/vnd.amazon.eventstream',
      'x-amz-executed-version': '$LATEST',
    });
  };
  const chunk = (bytes: Uint8Array) => {
    start();
    return writeBytes(response, encodeEvent('PayloadChunk', 'application/octet-stream', bytes));
  };
  const result = await lambda.invoke(name, payload, {
    chunk,
    prelude: (json) => void chunk(preludeBytes(json)),
    // InvokeComplete says that the invocation has ended, errors after the stream's end included.
    end() {},
    left: leftSignal(response),
  });
  start();
  // Of a handler that does not stream.
  if (!result.functionError && result.payload !== '') void chunk(Buffer.from(result.payload));
  const failure = result.functionError
    ? { ErrorCode: result.functionError, ErrorDetails: result.payload }
    : {};
  response.end(encodeEvent('InvokeComplete', 'application/json', Buffer.from(JSON.stringify(failure))));
}
