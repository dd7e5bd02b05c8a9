/** What was read ahead of a source; `all` gives it again, and then the rest. */
export interface ReadAhead<T> {
  seen: readonly T[];
  all: AsyncGenerator<T>;
}

/** Reads until a value is enough, the source ends, or so many milliseconds have passed. Throws what the source throws by then. */
export async function readAhead<T>(
  source: AsyncIterator<T>,
  isEnough: (value: T) => boolean,
  milliseconds: number,
): Promise<ReadAhead<T>> {
  const seen: T[] = [];
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds);
  });
  let pending = source.next();
  try {
    for (;;) {
      const next = await Promise.race([pending, patience]);
      if (!next || next.done) break;
      seen.push(next.value);
      pending = source.next();
      if (isEnough(next.value)) break;
    }
  } finally {
    clearTimeout(timer);
  }
  // Whoever reads on gets its error.
  pending.catch(() => {});

  async function* all(): AsyncGenerator<T> {
    try {
      yield* seen;
      for (let next = await pending; !next.done; next = await source.next()) yield next.value;
    } finally {
      await source.return?.();
    }
  }
  return { seen, all: all() };
}
