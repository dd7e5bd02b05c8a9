// The stream that a streaming handler writes to, at the function's side:
// https://docs.aws.amazon.com/lambda/latest/dg/config-rs-write-functions.html
// AWS tells a function nothing of a client that leaves: its stream takes whatever is written, and the invocation runs
// on (https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/issues/145). Here the stream is destroyed
// then, as Node's own response streams are, so that a function can save what nobody will read: 'close' without
// 'finish', and no 'error', since a function that does not look must run on as it does on AWS.
import { Writable } from 'node:stream';
import { parentPort } from 'node:worker_threads';

/** So many bytes may be on their way to a slow client; then `write` says no and `pipeline` waits. */
const bytesUnderWay = 256 * 1024;

export class ResponseStream extends Writable {
  #untaken = 0;
  /** Lets the stream write on. */
  #goOn;
  #requestId;

  constructor(requestId) {
    super();
    this.#requestId = requestId;
  }

  /** @param message of the invocation whose stream it is */
  #tell(message) {
    parentPort.postMessage({ ...message, requestId: this.#requestId });
  }

  /** @param prelude status and headers */
  begin(prelude) {
    this.#tell({ type: 'prelude', prelude: JSON.stringify(prelude) });
  }

  setContentType(contentType) {
    this.begin({ statusCode: 200, headers: { 'content-type': contentType } });
  }

  _write(chunk, encoding, done) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
    this.#tell({ type: 'chunk', bytes: new Uint8Array(bytes) });
    this.#untaken += bytes.length;
    if (this.#untaken < bytesUnderWay) done();
    else this.#goOn = done;
  }

  _final(done) {
    this.#tell({ type: 'end' });
    done();
  }

  /** The client has taken so many bytes more. */
  taken(bytes) {
    this.#untaken -= bytes;
    if (!this.#goOn || this.#untaken >= bytesUnderWay) return;
    const goOn = this.#goOn;
    this.#goOn = undefined;
    goOn();
  }

  /** Ends the stream, where its handler has not, and waits until all is sent or nobody reads. */
  async close() {
    if (this.closed) return;
    const closed = new Promise((done) => this.once('close', done));
    this.end();
    await closed;
  }
}
