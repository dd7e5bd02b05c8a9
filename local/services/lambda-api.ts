// The Lambda API: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html and API_InvokeWithResponseStream.html
import type { ServerResponse } from 'node:http';
import type { LambdaHost } from '../lambda/lambda-host.ts';
import { TooManyRequestsError } from '../lambda/too-many-requests-error.ts';
import { encodeEvent } from './event-stream.ts';
import type { AccessRequest } from './iam.ts';
import { ServiceFault } from './service-fault.ts';

const pattern = /^\/20\d\d-\d\d-\d\d\/functions\/([^/]+)\/(invocations|response-streaming-invocations)$/;

export interface LambdaCall {
  readonly functionName: string;
  readonly streams: boolean;
}

/** Throws ServiceFault for another call or an unknown function. */
export function parseLambdaCall(path: string, lambda: LambdaHost): LambdaCall {
  const [, name, kind] = pattern.exec(path) ?? [];
  if (!name) throw new ServiceFault(404, 'UnknownOperationException', `Lambda ${path} is not served locally`);
  const functionName = decodeURIComponent(name);
  if (!lambda.has(functionName)) {
    throw new ServiceFault(404, 'ResourceNotFoundException', `Function not found: ${functionName}`);
  }
  return { functionName, streams: kind === 'response-streaming-invocations' };
}

export function lambdaAccess(call: LambdaCall, lambda: LambdaHost): AccessRequest[] {
  return [{ action: 'lambda:InvokeFunction', resource: lambda.definition(call.functionName).arn }];
}

/** Answers a call. Throws ServiceFault; a 429 says that nothing ran. */
export async function invokeFunction(
  call: LambdaCall,
  payload: string,
  type: string,
  lambda: LambdaHost,
  response: ServerResponse,
): Promise<void> {
  if (type !== 'RequestResponse') {
    const message = `Lambda invocation type ${type} is not served locally`;
    throw new ServiceFault(400, 'InvalidParameterValueException', message);
  }
  try {
    if (call.streams) return await invokeStreaming(call.functionName, payload || '{}', lambda, response);
    const result = await lambda.invoke(call.functionName, payload || '{}');
    response.writeHead(200, {
      'content-type': 'application/json',
      'x-amz-executed-version': '$LATEST',
      ...(result.functionError && { 'x-amz-function-error': result.functionError }),
    });
    response.end(result.payload);
  } catch (error) {
    if (!(error instanceof TooManyRequestsError)) throw error;
    throw new ServiceFault(429, error.name, error.message, { Reason: error.reason, Type: 'User' });
  }
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
    response.write(encodeEvent('PayloadChunk', 'application/octet-stream', bytes));
  };
  const result = await lambda.invoke(name, payload, {
    chunk,
    // The prelude goes before the body, parted from it by eight zero bytes.
    prelude: (json) => chunk(Buffer.concat([Buffer.from(json), Buffer.alloc(8)])),
  });
  start();
  if (!result.functionError && result.payload !== 'null') chunk(Buffer.from(result.payload));
  const failure = result.functionError
    ? { ErrorCode: result.functionError, ErrorDetails: result.payload }
    : {};
  response.end(encodeEvent('InvokeComplete', 'application/json', Buffer.from(JSON.stringify(failure))));
}
