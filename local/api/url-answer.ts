// What a Function URL answers: https://docs.aws.amazon.com/lambda/latest/dg/config-rs-invoke-furls.html and
// https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html. That a client sees the end while the handler goes on
// is not documented; it was measured on AWS:
// https://www.trek10.com/blog/aws-lambda-functions-return-response-and-continue-executing
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { leftSignal, writeBytes } from '../client-connection.ts';
import type { StreamListener } from '../lambda/stream-listener.ts';

/** Sends what a function streams. The client sees the end when the stream ends. */
export class UrlAnswer implements StreamListener {
  readonly left: AbortSignal;
  readonly #response: ServerResponse;
  /** They go before those of the function, as on AWS. */
  readonly #cors: OutgoingHttpHeaders | undefined;

  constructor(response: ServerResponse, cors: OutgoingHttpHeaders | undefined) {
    this.#response = response;
    this.#cors = cors;
    this.left = leftSignal(response);
  }

  prelude(json: string): void {
    const { statusCode = 200, headers = {}, cookies } = JSON.parse(json);
    this.#start(statusCode, { ...headers, ...(cookies && { 'set-cookie': cookies }) });
  }

  chunk(bytes: Uint8Array): Promise<void> {
    this.#start();
    return writeBytes(this.#response, bytes);
  }

  end(): void {
    this.#start();
    this.#response.end();
  }

  /** The function has failed. A client that has seen the end learns nothing of it. */
  fail(): void {
    if (!this.#response.headersSent) this.send(502, { Message: 'Internal Server Error' });
    else if (!this.#response.writableEnded) this.#response.destroy();
  }

  send(status: number, body: object): void {
    this.#start(status, { 'content-type': 'application/json' });
    this.#response.end(JSON.stringify(body));
  }

  #start(status = 200, headers: OutgoingHttpHeaders = { 'content-type': 'application/octet-stream' }): void {
    if (this.#response.headersSent) return;
    const lowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    this.#response.writeHead(status, { ...Object.fromEntries(lowerCase), ...this.#cors });
    this.#response.flushHeaders();
  }
}
