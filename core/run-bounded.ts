/** Runs `job` for each member, at most `limit` at a time; the next one starts as soon as any has ended. */
export async function runBounded<T>(
  members: Iterable<T>,
  limit: number,
  job: (member: T) => Promise<void>,
): Promise<void> {
  const queue = members[Symbol.iterator]();
  const work = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) await job(next.value);
  };
  await Promise.all(Array.from({ length: limit }, work));
}
