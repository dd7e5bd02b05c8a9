/** Runs a job per member, at most `limit` at a time: a slow one holds one place, not the rest. */
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
