// The port that people use: the HTTP API at /, the WebSocket API at /ws, function URLs at their paths.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Log } from '../log.ts';
import type { Openness } from '../openness.ts';
import { answerRefusal, refuseUpgrade } from './answer-refusal.ts';
import { findRefusal } from './find-refusal.ts';
import { type FunctionUrl, mostSpecific } from './function-url.ts';
import type { HttpApi } from './http-api.ts';
import type { WebSocketApi } from './websocket-api.ts';

export interface PublicApis {
  readonly http: HttpApi | undefined;
  readonly webSocket: WebSocketApi | undefined;
  readonly functionUrls: readonly FunctionUrl[];
}

export class PublicServer {
  readonly #server: Server;
  readonly #hostname: string;
  readonly #openness: Openness;
  readonly #log: Log;
  #apis: PublicApis = { http: undefined, webSocket: undefined, functionUrls: [] };
  #refusing = false;

  private constructor(hostname: string, openness: Openness, log: Log) {
    this.#hostname = hostname;
    this.#openness = openness;
    this.#log = log;
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.on('upgrade', (request, socket, head) => void this.#upgrade(request, socket, head));
  }

  /** Rejects with what to do when the port is taken. */
  static async listen(port: number, hostname: string, openness: Openness, log: Log): Promise<PublicServer> {
    const server = new PublicServer(hostname, openness, log);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', (error: NodeJS.ErrnoException) =>
        reject(
          error.code === 'EADDRINUSE'
            ? new Error(`Port ${port} is taken. Stop what uses it, or set LLM_PORT to another one.`)
            : error,
        ),
      );
      server.#server.listen(port, hostname, resolve);
    });
    return server;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    const host = ['0.0.0.0', '::'].includes(this.#hostname) ? '127.0.0.1' : this.#hostname;
    return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  serve(apis: PublicApis): void {
    this.#apis = apis;
  }

  /** Answers 503 from now on. */
  refuse(): void {
    this.#refusing = true;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = performance.now();
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    response.once('close', () => {
      const ms = Math.round(performance.now() - started);
      this.#log.info(`${request.method} ${path} ${response.statusCode} ${ms} ms`);
    });
    const refusal = findRefusal(request, this.#openness);
    if (refusal) return answerRefusal(refusal, response);
    try {
      const target = mostSpecific(this.#apis.functionUrls, path) ?? this.#apis.http;
      if (this.#refusing || !target) {
        response
          .writeHead(503, { 'content-type': 'application/json' })
          .end('{"message":"Service Unavailable"}');
      } else await target.handle(request, response);
    } catch (error) {
      this.#log.warn(`${request.method} ${path}: ${(error as Error).stack ?? error}`);
      if (response.headersSent) response.destroy();
      else
        response
          .writeHead(500, { 'content-type': 'application/json' })
          .end('{"message":"Internal Server Error"}');
    }
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const started = performance.now();
    socket.on('error', () => socket.destroy());
    // The query may hold a connection pass, so it is not shown.
    const path = (request.url ?? '/').split('?')[0];
    const { webSocket } = this.#apis;
    const refusal = findRefusal(request, this.#openness);
    let status = refusal?.status ?? 404;
    if (refusal) refuseUpgrade(refusal, socket);
    else if (webSocket && path === '/ws' && !this.#refusing)
      status = await webSocket.connect(request, socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    this.#log.info(`WebSocket ${path} ${status} ${Math.round(performance.now() - started)} ms`);
  }
}
