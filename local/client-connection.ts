// The client of an HTTP response that is written while a function runs. Each chunk goes to the socket as it comes:
// Node's servers set TCP_NODELAY (https://nodejs.org/api/http.html#httpcreateserveroptions-requestlistener), and
// nothing compresses.
import type { ServerResponse } from 'node:http';

/** Aborts when the connection closes before the response has ended. */
export function leftSignal(response: ServerResponse): AbortSignal {
  const left = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) left.abort();
  });
  return left.signal;
}

/** Resolves when the socket has taken the bytes, or is closed. */
export function writeBytes(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => response.write(bytes, () => resolve()));
}
