import type { ChatDelta } from '../attempts/chat.ts';

/** Where the pieces of an answer go while it is written. Nothing that goes wrong there may cost the answer. */
export interface DeltaSink {
  take(delta: ChatDelta): void;
  /** Resolves when everything was handed on. */
  end(): Promise<void>;
}
