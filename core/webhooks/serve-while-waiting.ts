export interface ServeWhileWaitingOptions<Message> {
  /** Messages that wait, at most ten; waits up to so many seconds for the first. */
  receive(waitSeconds: number): Promise<Message[]>;
  /** Rejects where the message is to come again. */
  handle(message: Message): Promise<void>;
  /** Epoch ms after which nothing more is received: what is received last has its whole time before it. */
  receivesUntil: number;
  clock(): number;
  sleep(milliseconds: number): Promise<unknown>;
  /** Told of a receive that failed, and why a message is to come again. */
  onError(error: unknown): void;
}

/** An ordinary delivery has ended by then. */
const firstMs = 500;
/** Handled at once by one execution: they mostly wait for their receivers. */
const mostAtOnce = 50;
const waitSeconds = 1;

/**
 * While a batch waits for receivers that hang, its execution goes on with other messages: else each hanging receiver would
 * keep one of a bounded number of executions for as long as a delivery may take, and a few dozen of them all.
 *
 * Resolves when the batch and everything received beside it has been handled.
 */
export async function serveWhileWaiting<Message>(
  batch: Promise<unknown>,
  options: ServeWhileWaitingOptions<Message>,
): Promise<void> {
  const { clock, sleep, onError } = options;
  const underWay = new Set<Promise<unknown>>();
  const add = (work: Promise<unknown>) => {
    const told = work.catch(onError).finally(() => {
      underWay.delete(told);
    });
    underWay.add(told);
  };
  add(batch);
  await Promise.race([batch.catch(() => {}), sleep(firstMs)]);
  while (underWay.size > 0) {
    const mayReceive = underWay.size < mostAtOnce && clock() < options.receivesUntil;
    if (!mayReceive) {
      await Promise.race(underWay);
      continue;
    }
    const messages = await options.receive(waitSeconds).catch(async (error: unknown) => {
      onError(error);
      await sleep(waitSeconds * 1_000);
      return [];
    });
    for (const message of messages) add(options.handle(message));
  }
}
