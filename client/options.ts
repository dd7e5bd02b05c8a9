export interface ClientOptions {
  /** Of the HTTP API, such as `http://127.0.0.1:8080`; empty in a page of the service: its own. */
  baseUrl: string;
  /** The bearer token; absent where the service is open. */
  token?: string | undefined;
  /** Of streams, where they have an address of their own, as on AWS. */
  streamUrl?: string | undefined;
  /** Of the WebSocket; by default the one that the service names. */
  wsUrl?: string | undefined;
  /** How often a call is repeated that can be repeated without harm. Default: 3. */
  maxRetries?: number | undefined;
  /** Milliseconds after which a call without an answer is given up. Default: 60,000. */
  timeoutMs?: number | undefined;
  /** In place of JSON: one that keeps numbers as they are written, for example. */
  json?: Pick<JSON, 'parse' | 'stringify'> | undefined;
  /** In place of the platform's, for tests and proxies. */
  fetch?: typeof globalThis.fetch | undefined;
  WebSocket?: typeof globalThis.WebSocket | undefined;
}
