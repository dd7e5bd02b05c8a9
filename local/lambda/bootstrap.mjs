// What runs inside an execution environment: one worker thread, and several events at a time (function-pool.ts).
// Follows https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html and
// https://docs.aws.amazon.com/lambda/latest/dg/config-rs-write-functions-handlers.html (response streaming).
// Plain JavaScript, so that a cold start does not pay for type stripping in each thread.
import { existsSync } from 'node:fs';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { callWithoutSocket } from './calls-without-socket.mjs';
import { giveWay } from './give-way.mjs';
import { ResponseStream } from './response-stream.mjs';

/** Where the host was started with --expose-gc. On AWS no function sees it. */
const { gc } = globalThis;
if (gc) globalThis.gc = undefined;

const streaming = Symbol.for('aws.lambda.runtime.handler.streaming');

globalThis.awslambda = {
  streamifyResponse(handler) {
    handler[streaming] = true;
    return handler;
  },
  HttpResponseStream: {
    from(stream, prelude) {
      stream.begin(prelude);
      return stream;
    },
  },
};

const describe = (error) =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };

async function loadHandler() {
  const [file, name] = workerData.handler.split('.');
  const path = ['.mjs', '.js', '.cjs'].map((end) => join(workerData.directory, file + end)).find(existsSync);
  if (!path) {
    throw Object.assign(new Error(`Cannot find module '${file}'`), { name: 'Runtime.ImportModuleError' });
  }
  const loaded = await import(pathToFileURL(path).href);
  const handler = loaded[name] ?? loaded.default?.[name];
  if (typeof handler !== 'function') {
    const message = `${workerData.handler} is undefined or not exported`;
    throw Object.assign(new Error(message), { name: 'Runtime.HandlerNotFound' });
  }
  return handler;
}

const contextOf = ({ requestId, deadline }) => ({
  awsRequestId: requestId,
  callbackWaitsForEmptyEventLoop: true,
  functionName: workerData.functionName,
  functionVersion: '$LATEST',
  invokedFunctionArn: workerData.functionArn,
  memoryLimitInMB: String(workerData.memory),
  logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
  logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
  getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
});

/** The streams of the invocations under way that have one, by request id. */
const streams = new Map();

let lastCpu = process.threadCpuUsage();

/** Milliseconds of processor time since the last call. */
function takeCpuMs() {
  const cpu = process.threadCpuUsage();
  const used = cpu.user + cpu.system - lastCpu.user - lastCpu.system;
  lastCpu = cpu;
  return used / 1000;
}

async function invoke(handler, message) {
  const { requestId } = message;
  const answer = (members) => parentPort.postMessage({ requestId, cpuMs: takeCpuMs(), ...members });
  try {
    const event = JSON.parse(message.event);
    if (handler[streaming]) {
      await stream(handler, event, message);
      answer({ type: 'streamed' });
      return;
    }
    const result = await handler(event, contextOf(message));
    answer({ type: 'result', body: JSON.stringify(result ?? null) });
  } catch (error) {
    answer({ type: 'error', error: describe(error) });
  }
}

async function stream(handler, event, message) {
  const { requestId } = message;
  const response = new ResponseStream(requestId);
  streams.set(requestId, response);
  try {
    await handler(event, response, contextOf(message));
    await response.close();
  } finally {
    streams.delete(requestId);
    // What is written from here on would be told after the invocation's end.
    response.destroy();
  }
}

/** Messages of the host. Those on a stream may come when its invocation has ended. */
function receive(handler, message) {
  if (message.type === 'invoke') void invoke(handler, message);
  else if (message.type === 'taken') streams.get(message.requestId)?.taken(message.bytes);
  else if (message.type === 'left') streams.get(message.requestId)?.destroy();
}

process.on('unhandledRejection', (reason) => {
  const error = { ...describe(reason), errorType: 'Runtime.UnhandledPromiseRejection' };
  parentPort.postMessage({ type: 'fatal', error });
});

// Marks of life, for the host.
setInterval(() => Atomics.add(workerData.beats, 0, 1), 250).unref();

try {
  enableCompileCache(workerData.compileCache);
  callWithoutSocket(workerData.endpointPort, process.env.AWS_ENDPOINT_URL);
  const handler = await loadHandler();
  if (workerData.givesWay) giveWay();
  parentPort.on('message', (message) => receive(handler, message));
  parentPort.postMessage({ type: 'ready' });
  flushCompileCache();
  // Loading leaves half as much behind as it keeps, which V8 would hold on to until the heap has grown.
  gc?.({ flavor: 'last-resort' });
  takeCpuMs();
} catch (error) {
  parentPort.postMessage({ type: 'fatal', error: describe(error) });
}
