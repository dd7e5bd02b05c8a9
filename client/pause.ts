/** Waits; rejects with the signal's reason as soon as it is aborted. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** Milliseconds before the next of several tries (the first: 0): longer each time, and different for each client. */
export function retryDelay(tries: number, firstMs = 250, mostMs = 30_000): number {
  return Math.min(firstMs * 2 ** tries, mostMs) * (0.5 + Math.random() / 2);
}

/** Milliseconds that a service asks to wait at most; above it the error is told to the caller. */
export const mostPatienceMs = 60_000;
