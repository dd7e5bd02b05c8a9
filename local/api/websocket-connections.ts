// The open connections of a WebSocket API, and what @connections does with one:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
// Limits: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
import { WebSocket } from 'ws';
import { ServiceFault } from '../services/service-fault.ts';
import type { ConnectionFacts } from './websocket-event.ts';

export interface Connection extends ConnectionFacts {
  readonly socket: WebSocket;
  /** Epoch milliseconds of the last message or ping, in either direction. */
  lastActiveAt: number;
}

export const messageLimitBytes = 128 * 1024;
export const frameLimitBytes = 32 * 1024;
const idleLimitMs = 10 * 60_000;
const lifeLimitMs = 2 * 3600_000;

export class WebSocketConnections {
  readonly #connections = new Map<string, Connection>();
  readonly #limits: NodeJS.Timeout;

  constructor() {
    this.#limits = setInterval(() => this.#enforceLimits(), 10_000);
    this.#limits.unref();
  }

  add(connection: Connection): void {
    this.#connections.set(connection.id, connection);
  }

  delete(id: string): void {
    this.#connections.delete(id);
  }

  /** Answers the status. Throws ServiceFault 410 for a connection that is gone, and 413 for a message that is too large. */
  manage(method: string, connectionId: string, body: string): number {
    if (method !== 'POST' && method !== 'DELETE') {
      throw new ServiceFault(400, 'BadRequestException', `@connections ${method} is not served locally`);
    }
    const connection = this.#connections.get(connectionId);
    if (connection?.socket.readyState !== WebSocket.OPEN) {
      throw new ServiceFault(410, 'GoneException', 'Gone');
    }
    if (method === 'DELETE') {
      connection.socket.close(1000);
      return 204;
    }
    post(connection, body);
    return 200;
  }

  close(): void {
    clearInterval(this.#limits);
    for (const { socket } of this.#connections.values()) {
      // The functions that would be told are ending too.
      socket.removeAllListeners('close');
      socket.close(1001, 'Going away');
      socket.terminate();
    }
  }

  #enforceLimits(): void {
    const now = Date.now();
    for (const { socket, connectedAt, lastActiveAt } of this.#connections.values()) {
      if (now - connectedAt > lifeLimitMs || now - lastActiveAt > idleLimitMs)
        socket.close(1001, 'Going away');
    }
  }
}

/** Sends a text, in frames of the gateway's size. */
function post(connection: Connection, body: string): void {
  const bytes = Buffer.from(body);
  if (bytes.length > messageLimitBytes) {
    throw new ServiceFault(413, 'PayloadTooLargeException', 'Message too long');
  }
  connection.lastActiveAt = Date.now();
  for (let start = 0; start === 0 || start < bytes.length; start += frameLimitBytes) {
    const end = start + frameLimitBytes;
    connection.socket.send(bytes.subarray(start, end), { binary: false, fin: end >= bytes.length });
  }
}
