import {
  charge,
  decideStart,
  emptyAccount,
  returnStart,
  sendParked,
  settle,
  type TokenAccount,
  type TokenStart,
} from './token-account.ts';

/** Reads the account, lets `decide` change it, and writes it back unless another was faster: then once more from the start. */
export interface TokenAccounts {
  change<T>(
    provider: string,
    decide: (account: TokenAccount | undefined) => { account: TokenAccount; value: T },
  ): Promise<T>;
  read(provider: string): Promise<TokenAccount | undefined>;
}

interface Started {
  start: TokenStart;
  /** Tickets to send. */
  count: number;
  delayMs: number;
}

export interface StartedNow {
  /** Epoch ms: when the call may start. */
  at: number;
  /** Undefined where tokens are not limited. */
  charge: TokenCharge | undefined;
}

export interface TokenCharge {
  tokens: number;
  /** Epoch seconds: when the call may start. */
  second: number;
}

export interface TokenRate {
  start(now: number): Promise<TokenStart>;
  /**
   * Start and charge in one for a call that no ticket stands for, which could wait or be parked. Undefined: it cannot start
   * now.
   */
  startNow(tokens: number, now: number): Promise<StartedNow | undefined>;
  /** No call was made of it. */
  giveBack(started: StartedNow): Promise<void>;
  /** A start was not used: no call was made. */
  returnStart(): Promise<void>;
  /** Charges what the task may cost at most. Undefined where tokens are not limited. */
  charge(tokens: number, now: number): Promise<TokenCharge | undefined>;
  /** What was really used is known. */
  settle(charged: TokenCharge, used: number): Promise<void>;
}

/** Until calls were seen: a short text and its answer. */
const guessedTokens = 1_000;

/** Tokens a minute of one provider; without a limit there is no request. */
export function createTokenRate(options: {
  accounts: TokenAccounts;
  provider: string;
  tokensPerMinute?: number | undefined;
  sendTickets: (count: number, delayMs: number) => Promise<void>;
}): TokenRate {
  const { accounts, provider, tokensPerMinute: limit } = options;
  if (limit === undefined)
    return {
      start: async (now) => ({ kind: 'start', at: now, isPaced: false }),
      startNow: async (_tokens, now) => ({ at: now, charge: undefined }),
      giveBack: async () => {},
      returnStart: async () => {},
      charge: async () => undefined,
      settle: async () => {},
    };
  const mean = Math.min(guessedTokens, limit / 10);

  return {
    async start(now) {
      const { start, count, delayMs } = await accounts.change<Started>(provider, (known) => {
        const { account, ...start } = decideStart(known ?? emptyAccount(now, mean), limit, now);
        if (start.kind !== 'start') return { account, value: { start, count: 0, delayMs: 0 } };
        const { account: left, ...sent } = sendParked(account, limit, now);
        return { account: left, value: { start, ...sent } };
      });
      if (count > 0) await options.sendTickets(count, delayMs);
      return start;
    },

    startNow: (tokens, now) =>
      accounts.change<StartedNow | undefined>(provider, (known) => {
        const before = known ?? emptyAccount(now, mean);
        const { account: started, ...start } = decideStart(before, limit, now);
        if (start.kind !== 'start') return { account: before, value: undefined };
        const { account, second } = charge(started, tokens, limit, now);
        const at = Math.max(start.at, second * 1_000);
        return { account, value: { at, charge: { tokens, second } } };
      }),

    giveBack: ({ charge: charged }) =>
      accounts.change(provider, (known) => {
        const account = known ?? emptyAccount(0, mean);
        const { tokens, second } = charged ?? { tokens: 0, second: 0 };
        return { account: returnStart(settle(account, second, tokens, 0, limit), limit), value: undefined };
      }),

    returnStart: () =>
      accounts.change(provider, (known) => ({
        account: returnStart(known ?? emptyAccount(0, mean), limit),
        value: undefined,
      })),

    charge: (tokens, now) =>
      accounts.change(provider, (known) => {
        const { account, second } = charge(known ?? emptyAccount(now, mean), tokens, limit, now);
        return { account, value: { tokens, second } };
      }),

    async settle({ tokens, second }, used) {
      if (used === tokens) return;
      await accounts.change(provider, (known) => ({
        account: settle(known ?? emptyAccount(0, mean), second, tokens, used, limit),
        value: undefined,
      }));
    },
  };
}
