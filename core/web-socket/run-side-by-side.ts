/** A job that lasts longer does not count any more: the next one starts beside it. */
const patienceMs = 250;

/**
 * Runs a job for each member, `limit` at a time, so that jobs that hang hold up none of the others. Resolves when all have
 * ended.
 */
export async function runSideBySide<T>(
  members: Iterable<T>,
  limit: number,
  job: (member: T) => Promise<void>,
  sleep: (milliseconds: number) => Promise<unknown>,
): Promise<void> {
  const queue = members[Symbol.iterator]();
  const jobs: Promise<void>[] = [];
  const work = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) {
      const running = job(next.value);
      jobs.push(running);
      await Promise.race([running, sleep(patienceMs)]);
    }
  };
  await Promise.all(Array.from({ length: limit }, work));
  await Promise.all(jobs);
}
