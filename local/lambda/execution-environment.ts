// One execution environment of a function: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
// Unlike there it runs several events at a time, as many as its pool gives it, and all of them end with it.
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { Log } from '../log.ts';
import { EventLoopWatch } from './event-loop-watch.ts';
import type { FunctionDefinition } from './function-definition.ts';
import { CollectedStream, type StreamListener } from './stream-listener.ts';

/**
 * The JSON text a function returned or, with `functionError`, the JSON text of its error. Of a streaming handler it is
 * what was written, unless a listener has that already.
 */
export interface InvocationResult {
  readonly payload: string;
  readonly functionError?: 'Unhandled';
  /** Milliseconds from the event to the end, and of the processor; absent where the environment ended before. */
  readonly durationMs?: number;
  readonly cpuMs?: number;
}

type Message =
  | { type: 'ready' }
  | { type: 'fatal'; error: RuntimeError }
  | ({ requestId: string } & InvocationMessage);

type InvocationMessage =
  | { type: 'result'; body: string; cpuMs: number }
  | { type: 'streamed'; cpuMs: number }
  | { type: 'end' }
  | { type: 'error'; error: RuntimeError; cpuMs: number }
  | { type: 'prelude'; prelude: string }
  | { type: 'chunk'; bytes: Uint8Array };

interface RuntimeError {
  errorType: string;
  errorMessage: string;
  trace: string[];
}

/** An invocation under way. */
interface Invocation {
  readonly stream: StreamListener | CollectedStream;
  settle(result: InvocationResult): void;
}

/** AWS gives ten seconds; a machine that does other work too may need more. */
const initTimeoutMs = 60_000;

export class ExecutionEnvironment {
  readonly #definition: FunctionDefinition;
  readonly #worker: Worker;
  readonly #onEnd: (environment: ExecutionEnvironment) => void;
  /** By request id. */
  readonly #invocations = new Map<string, Invocation>();
  #ended = false;
  readonly #eventLoop = new EventLoopWatch();
  /** Epoch milliseconds of the end of the last invocation. */
  lastUsed = Date.now();
  /** Resolves when the handler is loaded, or with the error that its first invocation answers. */
  readonly ready: Promise<InvocationResult | undefined>;
  /** Resolves when its thread is gone, and writes no file any more. */
  readonly gone: Promise<void>;
  #started: (failure?: InvocationResult) => void = () => {};

  /** @param attachEndpoint answers the calls to AWS that come by the port */
  constructor(
    definition: FunctionDefinition,
    log: Log,
    attachEndpoint: (port: MessagePort) => void,
    onEnd: (environment: ExecutionEnvironment) => void,
  ) {
    this.#definition = definition;
    this.#onEnd = onEnd;
    const { port1, port2 } = new MessageChannel();
    attachEndpoint(port1);
    this.#worker = new Worker(new URL('./bootstrap.mjs', import.meta.url), {
      env: { ...definition.environment },
      stdout: true,
      stderr: true,
      name: definition.name,
      workerData: {
        directory: definition.directory,
        handler: definition.handler,
        functionName: definition.name,
        functionArn: definition.arn,
        memory: definition.memoryMb,
        compileCache: definition.compileCache,
        givesWay: definition.givesWay,
        beats: this.#eventLoop.beats,
        endpointPort: port2,
      },
      transferList: [port2],
      // Buffers are outside this limit; it only has to stop a runaway heap before the machine suffers.
      resourceLimits: {
        maxOldGenerationSizeMb: Math.max(512, definition.memoryMb),
        // The default young generation makes each of many threads tens of megabytes larger. With half of this one, what is
        // under way for many events is copied more often: a task takes 6 % more of a processor, and with a quarter a third.
        maxYoungGenerationSizeMb: 32,
      },
    });
    pipeLines(this.#worker.stdout, definition.name, log);
    pipeLines(this.#worker.stderr, definition.name, log);
    this.ready = new Promise((resolve) => {
      const timer = setTimeout(() => this.#end('Sandbox.Timedout', 'Init timed out'), initTimeoutMs);
      this.#started = (failure) => {
        clearTimeout(timer);
        resolve(failure);
      };
    });
    this.#worker.on('message', (message: Message) => this.#receive(message));
    this.#worker.on('error', (error: Error & { code?: string }) =>
      error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? this.#end('Runtime.OutOfMemory', 'Runtime exited with error: signal: killed')
        : this.#end(error.name, error.message),
    );
    this.gone = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        this.#end('Runtime.ExitError', `Runtime exited with error: exit status ${code}`);
        resolve();
      });
    });
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Runs one event. Never rejects: a crash or a timeout is a result with `functionError`. */
  invoke(event: string, requestId: string, stream?: StreamListener): Promise<InvocationResult> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        const seconds = this.#definition.timeoutSeconds.toFixed(2);
        this.#end('Sandbox.Timedout', `Task timed out after ${seconds} seconds`);
      }, this.#definition.timeoutSeconds * 1000);
      const stopWatching = this.#eventLoop.start(() => this.crash());
      const startedAt = performance.now();
      const tellLeft = () => this.#worker.postMessage({ type: 'left', requestId });
      const settle = (result: InvocationResult) => {
        clearTimeout(timer);
        stopWatching();
        stream?.left.removeEventListener('abort', tellLeft);
        this.lastUsed = Date.now();
        this.#invocations.delete(requestId);
        resolve({ ...result, durationMs: performance.now() - startedAt });
      };
      this.#invocations.set(requestId, { stream: stream ?? new CollectedStream(), settle });
      if (this.#ended) return settle(failureOf('Runtime.ExitError', 'Runtime exited', requestId));
      this.#worker.postMessage({
        type: 'invoke',
        event,
        requestId,
        deadline: Date.now() + this.#definition.timeoutSeconds * 1000,
      });
      // AWS runs an event all the same when its client has left before a slot was free.
      if (stream?.left.aborted) tellLeft();
      else stream?.left.addEventListener('abort', tellLeft);
    });
  }

  /** Ends the thread as a crash would: running invocations answer Runtime.ExitError. */
  crash(): void {
    this.#end('Runtime.ExitError', 'Runtime exited with error: signal: killed');
  }

  #receive(message: Message): void {
    if (message.type === 'ready') this.#started();
    else if (message.type === 'fatal')
      this.#end(message.error.errorType, message.error.errorMessage, message.error);
    else {
      const invocation = this.#invocations.get(message.requestId);
      if (invocation) this.#take(message, invocation);
    }
  }

  #take(message: { requestId: string } & InvocationMessage, { stream, settle }: Invocation): void {
    if (message.type === 'prelude') stream.prelude(message.prelude);
    else if (message.type === 'chunk') void this.#relay(message.requestId, stream, message.bytes);
    else if (message.type === 'end') stream.end();
    else if (message.type === 'streamed')
      settle({ payload: stream instanceof CollectedStream ? stream.text() : '', cpuMs: message.cpuMs });
    else if (message.type === 'result') settle({ payload: message.body, cpuMs: message.cpuMs });
    else
      settle({
        payload: JSON.stringify(message.error),
        functionError: 'Unhandled',
        cpuMs: message.cpuMs,
      });
  }

  async #relay(requestId: string, stream: Invocation['stream'], bytes: Uint8Array): Promise<void> {
    await stream.chunk(bytes);
    this.#worker.postMessage({ type: 'taken', requestId, bytes: bytes.length });
  }

  /** @param error as the runtime described it */
  #end(errorType: string, message: string, error?: RuntimeError): void {
    if (this.#ended) return;
    this.#ended = true;
    const failure = (requestId?: string) =>
      error
        ? { payload: JSON.stringify(error), functionError: 'Unhandled' as const }
        : failureOf(errorType, message, requestId);
    this.#started(failure());
    for (const [requestId, { settle }] of [...this.#invocations]) settle(failure(requestId));
    void this.#worker.terminate();
    this.#onEnd(this);
  }
}

function failureOf(errorType: string, message: string, requestId?: string): InvocationResult {
  const errorMessage = requestId ? `RequestId: ${requestId} Error: ${message}` : message;
  return { payload: JSON.stringify({ errorType, errorMessage }), functionError: 'Unhandled' };
}

function pipeLines(stream: Readable, functionName: string, log: Log): void {
  createInterface({ input: stream }).on('line', (line) => log.functionLine(functionName, line));
}
