// One execution environment of a function: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
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
}

type Message =
  | { type: 'ready' }
  | { type: 'result'; body: string }
  | { type: 'streamed' | 'end' }
  | { type: 'error' | 'fatal'; error: { errorType: string; errorMessage: string; trace: string[] } }
  | { type: 'prelude'; prelude: string }
  | { type: 'chunk'; bytes: Uint8Array };

/** AWS gives ten seconds; a machine that does other work too may need more. */
const initTimeoutMs = 60_000;

export class ExecutionEnvironment {
  readonly #definition: FunctionDefinition;
  readonly #worker: Worker;
  readonly #onEnd: (environment: ExecutionEnvironment) => void;
  #settle: ((result: InvocationResult) => void) | undefined;
  #stream: StreamListener | CollectedStream | undefined;
  #requestId = '';
  #ended = false;
  readonly #eventLoop = new EventLoopWatch();
  /** Epoch milliseconds of the end of the last invocation. */
  lastUsed = Date.now();
  /** Resolves when the handler is loaded, or with the error that its first invocation answers. */
  readonly ready: Promise<InvocationResult | undefined>;

  constructor(definition: FunctionDefinition, log: Log, onEnd: (environment: ExecutionEnvironment) => void) {
    this.#definition = definition;
    this.#onEnd = onEnd;
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
        beats: this.#eventLoop.beats,
      },
      // Buffers are outside this limit; it only has to stop a runaway heap before the machine suffers.
      resourceLimits: {
        maxOldGenerationSizeMb: Math.max(256, definition.memoryMb),
        // The default young generation makes each of many threads tens of megabytes larger.
        maxYoungGenerationSizeMb: 8,
      },
    });
    pipeLines(this.#worker.stdout, definition.name, log);
    pipeLines(this.#worker.stderr, definition.name, log);
    this.ready = new Promise((resolve) => {
      const timer = setTimeout(() => this.#end('Sandbox.Timedout', 'Init timed out'), initTimeoutMs);
      this.#settle = (failure) => {
        clearTimeout(timer);
        resolve(failure);
      };
      this.#worker.once('message', (message: Message) => {
        clearTimeout(timer);
        if (message.type === 'ready') {
          this.#settle = undefined;
          resolve(undefined);
        }
      });
    });
    this.#worker.on('message', (message: Message) => this.#receive(message));
    this.#worker.on('error', (error: Error & { code?: string }) =>
      error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? this.#end('Runtime.OutOfMemory', 'Runtime exited with error: signal: killed')
        : this.#end(error.name, error.message),
    );
    this.#worker.on('exit', (code) =>
      this.#end('Runtime.ExitError', `Runtime exited with error: exit status ${code}`),
    );
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Runs one event. Never rejects: a crash or a timeout is a result with `functionError`. */
  invoke(event: string, requestId: string, stream?: StreamListener): Promise<InvocationResult> {
    return new Promise((resolve) => {
      this.#requestId = requestId;
      this.#stream = stream ?? new CollectedStream();
      const timer = setTimeout(() => {
        const seconds = this.#definition.timeoutSeconds.toFixed(2);
        this.#end('Sandbox.Timedout', `Task timed out after ${seconds} seconds`);
      }, this.#definition.timeoutSeconds * 1000);
      const stopWatching = this.#eventLoop.start(() => this.crash());
      const tellLeft = () => this.#worker.postMessage({ type: 'left', requestId });
      this.#settle = (result) => {
        clearTimeout(timer);
        stopWatching();
        stream?.left.removeEventListener('abort', tellLeft);
        this.lastUsed = Date.now();
        this.#stream = undefined;
        resolve(result);
      };
      if (this.#ended) return this.#answerError('Runtime.ExitError', 'Runtime exited');
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

  /** Ends the thread as a crash would: a running invocation answers Runtime.ExitError. */
  crash(): void {
    this.#end('Runtime.ExitError', 'Runtime exited with error: signal: killed');
  }

  #receive(message: Message): void {
    if (message.type === 'prelude') this.#stream?.prelude(message.prelude);
    else if (message.type === 'chunk') void this.#relay(message.bytes);
    else if (message.type === 'end') this.#stream?.end();
    else if (message.type === 'streamed') {
      this.#answer({ payload: this.#stream instanceof CollectedStream ? this.#stream.text() : '' });
    } else if (message.type === 'result') this.#answer({ payload: message.body });
    else if (message.type === 'error' || message.type === 'fatal') {
      this.#answer({ payload: JSON.stringify(message.error), functionError: 'Unhandled' });
      if (message.type === 'fatal') this.crash();
    }
  }

  async #relay(bytes: Uint8Array): Promise<void> {
    const requestId = this.#requestId;
    await this.#stream?.chunk(bytes);
    this.#worker.postMessage({ type: 'taken', requestId, bytes: bytes.length });
  }

  #end(errorType: string, message: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#answerError(errorType, message);
    void this.#worker.terminate();
    this.#onEnd(this);
  }

  #answerError(errorType: string, message: string): void {
    const errorMessage = this.#requestId ? `RequestId: ${this.#requestId} Error: ${message}` : message;
    this.#answer({ payload: JSON.stringify({ errorType, errorMessage }), functionError: 'Unhandled' });
  }

  #answer(result: InvocationResult): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(result);
  }
}

function pipeLines(stream: Readable, functionName: string, log: Log): void {
  createInterface({ input: stream }).on('line', (line) => log.functionLine(functionName, line));
}
