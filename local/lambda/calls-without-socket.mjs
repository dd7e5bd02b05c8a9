// Calls of a function's SDK clients to the AWS endpoint go through a message port instead of a socket: a socket costs
// both sides as much as the call itself. The clients are as they are; what they get from `http.request` for such a call
// is the object below, with what https://github.com/smithy-lang/smithy-typescript (node-http-handler) uses of a
// ClientRequest. Every other request is Node's own.
// Plain JavaScript, as bootstrap.mjs.
import http from 'node:http';
import { Readable, Writable } from 'node:stream';

/** Stands for a socket that is connected. */
const connected = {
  connecting: false,
  setKeepAlive() {},
  setTimeout() {},
  removeListener() {},
  destroy() {},
};

class PortRequest extends Writable {
  socket = connected;
  #chunks = [];
  #send;

  constructor(send) {
    super({ autoDestroy: false });
    this.#send = send;
  }

  _write(chunk, _encoding, done) {
    this.#chunks.push(chunk);
    done();
  }

  _final(done) {
    this.#send(this.#chunks.length === 1 ? String(this.#chunks[0]) : String(Buffer.concat(this.#chunks)));
    done();
  }

  setTimeout() {
    return this;
  }

  /** What the endpoint answered. The client of a request that was destroyed hears nothing more. */
  answer({ status, headers, body }) {
    if (this.destroyed) return;
    const response = new Readable({ read() {} });
    Object.assign(response, { statusCode: status, statusMessage: '', headers, complete: true });
    if (body !== '') response.push(body);
    response.push(null);
    this.emit('response', response);
    this.destroy();
  }
}

/**
 * @param {import('node:worker_threads').MessagePort} port to the endpoint
 * @param {string} endpoint its URL
 */
export function callWithoutSocket(port, endpoint) {
  const { hostname, port: portNumber } = new URL(endpoint);
  const { request } = http;
  const underWay = new Map();
  let calls = 0;
  port.on('message', ({ id, ...answer }) => {
    underWay.get(id)?.answer(answer);
    underWay.delete(id);
  });
  port.unref();

  /** Of S3 and Lambda bodies are large, or come piece by piece. */
  const isWhole = ({ headers, path }) =>
    headers?.['x-amz-target'] !== undefined || path?.startsWith('/_aws/execute-api/');

  http.request = function requestWithoutSocket(options, ...rest) {
    const isCall =
      options?.host === hostname &&
      String(options.port) === portNumber &&
      isWhole(options) &&
      rest.length === 1;
    if (!isCall) return request.call(http, options, ...rest);
    calls += 1;
    const id = calls;
    const { method, path: url, headers } = options;
    const sent = new PortRequest((body) => port.postMessage({ id, method, url, headers, body }));
    sent.once('response', rest[0]);
    underWay.set(id, sent);
    return sent;
  };
}
