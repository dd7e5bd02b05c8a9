/** One call of the HTTP API; throws when the status is not below 400. */
export type CallApi = <T>(method: string, path: string, body?: unknown) => Promise<T>;

export function createCallApi(baseUrl: string, token?: string): CallApi {
  const headers = {
    'content-type': 'application/json',
    ...(token && { authorization: `Bearer ${token}` }),
  };
  return async <T>(method: string, path: string, body?: unknown) => {
    const send = () =>
      fetch(`${baseUrl}${path}`, {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    // A busy machine may use a connection that its server has just closed; what may not run twice is not repeated.
    const answer = await send().catch((error: unknown) => {
      if (method === 'POST') throw error;
      return send();
    });
    const text = await answer.text();
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 300)}`);
    return JSON.parse(text) as T;
  };
}
