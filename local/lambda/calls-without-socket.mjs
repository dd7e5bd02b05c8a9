// Calls of a function's SDK clients to the AWS endpoint go through a message port instead of a socket: a socket costs
// both sides as much as the call itself. The clients are as they are; what they get from `http.request` for such a call
// is the object below, with what https://github.com/smithy-lang/smithy-typescript (node-http-handler) uses of a
// ClientRequest. Every other request is Node's own.
// Plain JavaScript, as bootstrap.mjs.
import { EventEmitter } from 'node:events';
import http from 'node:http';

/** Stands for a socket that is connected. */
const connected = {
  connecting: false,
  setKeepAlive() {},
  setTimeout() {},
  removeListener() {},
  destroy() {},
};

class PortRequest extends EventEmitter {
  socket = connected;
  destroyed = false;
  #send;

  constructor(send) {
    super();
    this.#send = send;
  }

  /** The whole body at once, as the SDK has it. */
  end(body = '') {
    if (!this.destroyed) this.#send(String(body));
  }

  setTimeout() {
    return this;
  }

  destroy() {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit('close');
  }

  /**
   * What the endpoint answered, its body already read: the SDK takes bytes where a stream could be, and who wants the status
   * alone may let the rest flow by. The client of a request that was destroyed hears nothing more.
   */
  answer({ status, headers, body }) {
    if (this.destroyed) return;
    const facts = { statusCode: status, statusMessage: '', headers, complete: true, resume() {} };
    this.emit('response', Object.assign(Buffer.from(body), facts));
    this.destroy();
  }
}

/**
 * Posts what is given in one turn of the event loop as one list: to wake the other thread costs more than what it is told.
 *
 * @param {import('node:worker_threads').MessagePort} port
 */
export function postTogether(port) {
  let list = [];
  const flush = () => {
    const whole = list;
    list = [];
    port.postMessage(whole);
  };
  return (message) => {
    if (list.push(message) === 1) setImmediate(flush);
  };
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
  port.on('message', (answers) => {
    for (const { id, ...answer } of answers) {
      underWay.get(id)?.answer(answer);
      underWay.delete(id);
    }
  });
  port.unref();
  const send = postTogether(port);

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
    const sent = new PortRequest((body) => send({ id, method, url, headers, body }));
    sent.once('response', rest[0]);
    underWay.set(id, sent);
    return sent;
  };
}
