import type { ChatDelta } from '../attempts/chat.ts';
import type { DeltaSink } from './delta-sink.ts';

/** A sink that keeps what it takes until somebody follows, who is told all of it. */
export interface FollowedSink extends DeltaSink {
  follow(): void;
}

/**
 * For the caller of a direct call who comes back by another connection: nothing is written of an answer that its first
 * caller reads to the end.
 *
 * @param open the log, from its beginning on
 */
export function logWhenFollowed(open: () => DeltaSink): FollowedSink {
  let kept: ChatDelta[] = [];
  let log: DeltaSink | undefined;
  return {
    follow() {
      if (log) return;
      log = open();
      for (const delta of kept) log.take(delta);
      kept = [];
    },
    take(delta) {
      if (log) log.take(delta);
      else kept.push(delta);
    },
    end: async () => log?.end(),
  };
}
