import type { RequestRate } from './request-rate.ts';
import type { StartedNow, TokenRate } from './token-rate.ts';

export type Start =
  /** A call may be made at `at`; `giveBack` when none was. */
  | { kind: 'start'; at: number; isPaced: boolean; giveBack(): Promise<void> }
  /** The ticket is to come again then. */
  | { kind: 'wait'; until: number }
  /** The ticket is used up: a later start sends another. */
  | { kind: 'parked' };

/** One start under the provider's requests and tokens a minute: both, or neither. */
export async function takeStart(requests: RequestRate, tokens: TokenRate, now: number): Promise<Start> {
  const until = await requests.admit(now);
  if (until !== undefined) return { kind: 'wait', until };
  const start = await tokens.start(now);
  if (start.kind === 'start')
    return {
      ...start,
      giveBack: async () => {
        await Promise.all([requests.release(), tokens.returnStart()]);
      },
    };
  await requests.release();
  return start;
}

/** The same for a call that no ticket stands for, with the charge of its tokens; undefined: it cannot start now. */
export async function takeStartNow(
  requests: RequestRate,
  tokens: TokenRate,
  estimatedTokens: number,
  now: number,
): Promise<(StartedNow & { giveBack(): Promise<void> }) | undefined> {
  if (!(await requests.admitsNow(now))) return undefined;
  const start = await tokens.startNow(estimatedTokens, now);
  if (start)
    return {
      ...start,
      giveBack: async () => {
        await Promise.all([requests.release(), tokens.giveBack(start)]);
      },
    };
  await requests.release();
  return undefined;
}
