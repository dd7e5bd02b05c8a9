export interface SilenceWatch {
  /** Aborted once nothing was heard for so long. */
  signal: AbortSignal;
  /** Something was heard. */
  hear(): void;
  stop(): void;
}

/** Waits for a sign of life, from now and from each one on. */
export function startSilenceWatch(milliseconds: number): SilenceWatch {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), milliseconds);
  return {
    signal: controller.signal,
    hear: () => void timer.refresh(),
    stop: () => clearTimeout(timer),
  };
}
