/** A job that lasts longer does not count any more: the next one starts beside it. */
const patienceMs = 250;
/** Times `limit`: so many jobs run at once at most, however many hang. Each may have a socket. */
const mostBeside = 6;

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
  const running = new Set<Promise<void>>();
  const work = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) {
      const started = job(next.value).finally(() => running.delete(started));
      running.add(started);
      await Promise.race([started, sleep(patienceMs)]);
      while (running.size >= mostBeside * limit) await Promise.race(running);
    }
  };
  await Promise.all(Array.from({ length: limit }, work));
  await Promise.all(running);
}
