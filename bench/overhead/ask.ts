import { Agent, request } from 'node:http';
import type { Target } from './targets.ts';

export interface Timing {
  /** Milliseconds to the first token, or to the whole answer where it is not streamed. */
  firstTokenMs: number;
  totalMs: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: 1_000 });
const messages = [{ role: 'user', content: 'Say twenty words.' }];

/** One chat over a connection that is kept. Throws where it is not answered whole. */
export function ask({ baseUrl, headers }: Target, stream: boolean): Promise<Timing> {
  const body = JSON.stringify({ model: 'auto', messages, ...(stream && { stream }) });
  return send(
    `${baseUrl}/chat/completions`,
    headers,
    body,
    (text) => (stream ? text.includes('"content":"token') : true),
    (text) => (stream ? text.includes('token19') && text.includes('[DONE]') : text.includes('token19')),
  );
}

/** Hands a task in, and does not wait for it. */
export function submit(serviceUrl: string): Promise<Timing> {
  const body = JSON.stringify({ type: 'custom', prompt: 'Say twenty words.' });
  return send(
    `${serviceUrl}/api/v1/tasks`,
    {},
    body,
    () => true,
    (text) => text.includes('queued'),
  );
}

function send(
  url: string,
  headers: Record<string, string>,
  body: string,
  isFirst: (text: string) => boolean,
  isWhole: (text: string) => boolean,
): Promise<Timing> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const call = request(url, {
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/json', authorization: 'Bearer sk-bench', ...headers },
    });
    call.on('error', reject);
    call.on('response', (response) => {
      let text = '';
      let firstTokenMs: number | undefined;
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (firstTokenMs === undefined && isFirst(text)) firstTokenMs = performance.now() - startedAt;
      });
      response.on('error', reject);
      response.on('end', () => {
        const totalMs = performance.now() - startedAt;
        if ((response.statusCode ?? 500) < 300 && isWhole(text))
          resolve({ firstTokenMs: firstTokenMs ?? totalMs, totalMs });
        else reject(new Error(`${url}: ${response.statusCode} ${text.slice(0, 300)}`));
      });
    });
    call.end(body);
  });
}
