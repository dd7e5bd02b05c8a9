/** Of a line of Server-Sent Events. */
const longestField = 5;

/**
 * A body, and what it is by its first letters, whatever its type says: events, or a text in one piece, such as JSON or a
 * page. Throws the signal's reason, and what the body throws.
 */
export async function peekBody(
  response: Response,
  signal: AbortSignal,
): Promise<{ isStream: boolean; body: ReadableStream<Uint8Array> }> {
  const reader = (response.body ?? new Response('').body ?? new ReadableStream<Uint8Array>()).getReader();
  const cancel = () => void reader.cancel(signal.reason).catch(() => {});
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  const head: Uint8Array[] = [];
  const decoder = new TextDecoder();
  let text = '';
  let isAll = false;
  while (!isAll && text.length < longestField && !text.startsWith(':')) {
    const { done, value } = await reader.read();
    signal.throwIfAborted();
    isAll = done;
    if (value) head.push(value);
    text = (text + decoder.decode(value, { stream: !done })).trimStart();
  }
  const body = new ReadableStream<Uint8Array>({
    start(rest) {
      for (const chunk of head) rest.enqueue(chunk);
      if (isAll) rest.close();
    },
    async pull(rest) {
      const { done, value } = await reader.read();
      if (done) rest.close();
      else rest.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return { isStream: /^(?:$|:|data|event|id:|retry)/.test(text), body };
}
