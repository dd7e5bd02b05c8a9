/** How long a channel may take. */
export interface SendLimits {
  clock: () => number;
  /** May be a timer that keeps no process alive. */
  sleep: (milliseconds: number) => Promise<unknown>;
  /** Epoch ms. What is not sent by then is left. */
  until: number;
}
