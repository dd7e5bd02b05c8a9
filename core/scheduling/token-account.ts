/**
 * Tokens a minute of one provider, as a state that is read, changed by these functions and written back whole.
 *
 * Two rules together, because none alone both fills the limit and holds it:
 * - The *pace* spreads starts over the minute, before it is known which task takes the next one: each moves it by what a
 *   call costs on average, and the difference follows once the task is known.
 * - The *account* holds the limit: charges by the second of their start. A charge is put into the first second with
 *   room in every minute around it.
 *
 * Tickets that come while the pace is closed are counted and used up; each start sends as many again as can start soon.
 */
export interface TokenAccount {
  /** When the next start is due, epoch milliseconds. */
  paceAt: number;
  /** What a call cost lately, on average. */
  meanTokens: number;
  /** Tokens charged, by the second (epoch seconds) of their start, in order. */
  charges: readonly (readonly [second: number, tokens: number])[];
  /** Tickets that were used up because the pace was closed: so many are owed. */
  parked: number;
  /** Tickets on their way for the next starts, and when the last of them is due. */
  coming: number;
  comingAt: number;
}

/** Two workers' clocks differ by so much at most: each may be two seconds ahead or behind. */
const clocksDifferMs = 4_000;
/** A minute of the provider lies within so many seconds of these clocks, one more since charges know whole seconds only. */
const windowSeconds = 60 + clocksDifferMs / 1_000 + 1;
/** So long before its start is a ticket shown: SQS delays are whole seconds. */
const leadMs = 2_000;
/** A ticket that comes so early, by whichever clock, takes its start and waits for it. */
const earlyMs = leadMs + clocksDifferMs;
/** So far ahead of the next start may charges lie: large calls wait for their room while small ones still start. */
const aheadMs = 3_000;
/** How far the pace may lag behind, to be caught up: tickets come late. */
const catchUpMs = 5_000;
/** Tickets that are so late were lost. */
const lostAfterMs = 20_000;
const mostComing = 20;
/** Share of the newest call in the mean. */
const weightOfNewest = 0.1;

export type TokenStart =
  /** Go at `at`, which is at most `earlyMs` ahead. `isPaced`: others were put off, so this start was waited for. */
  | { kind: 'start'; at: number; isPaced: boolean }
  /** Nobody else would wake the others: the ticket comes again at `until`. */
  | { kind: 'wait'; until: number }
  /** The ticket is counted and used up; a later start sends another. */
  | { kind: 'parked' };

export function emptyAccount(now: number, guessedMean: number): TokenAccount {
  return { paceAt: now, meanTokens: guessedMean, charges: [], parked: 0, coming: 0, comingAt: 0 };
}

const stepMs = ({ meanTokens }: TokenAccount, tokensPerMinute: number) => paceMs(meanTokens, tokensPerMinute);

/** In which time so many tokens come due. */
const paceMs = (tokens: number, tokensPerMinute: number) =>
  (tokens * windowSeconds * 1_000) / tokensPerMinute;

/** A ticket asks to start. */
export function decideStart(
  account: TokenAccount,
  tokensPerMinute: number,
  now: number,
): TokenStart & { account: TokenAccount } {
  const isLost = account.coming > 0 && account.comingAt + lostAfterMs < now;
  const coming = isLost ? 0 : account.coming;
  if (account.paceAt <= now + earlyMs) {
    const at = Math.max(account.paceAt, now);
    const from = Math.max(account.paceAt, now - catchUpMs);
    const paceAt = from + stepMs(account, tokensPerMinute);
    const isPaced = coming > 0 || at > now;
    const left = { ...account, paceAt, coming: Math.max(0, coming - 1) };
    return { kind: 'start', at, isPaced, account: left };
  }
  const until = account.paceAt - leadMs;
  // Nobody is on the way, or this is who was, and the pace was moved meanwhile: it comes again in time for the next start.
  if (coming === 0 || account.comingAt <= now + clocksDifferMs)
    return { kind: 'wait', until, account: { ...account, coming: Math.max(coming, 1), comingAt: until } };
  // It may have been one of those on their way: rather too few are counted as coming, which sends one too many.
  const parked = account.parked + 1;
  return { kind: 'parked', account: { ...account, coming: Math.max(1, coming - 1), parked } };
}

/** How many parked tickets are to be sent now, and with what delay, so that no start is lost. */
export function sendParked(
  account: TokenAccount,
  tokensPerMinute: number,
  now: number,
): { account: TokenAccount; count: number; delayMs: number } {
  const soon = Math.floor((now + earlyMs - account.paceAt) / stepMs(account, tokensPerMinute));
  const wanted = Math.min(Math.max(soon + 1, 1), mostComing);
  const count = Math.min(account.parked, Math.max(0, wanted - account.coming));
  const delayMs = Math.max(0, account.paceAt - leadMs - now);
  if (count === 0) return { account, count, delayMs };
  return {
    account: {
      ...account,
      parked: account.parked - count,
      coming: account.coming + count,
      comingAt: now + delayMs,
    },
    count,
    delayMs,
  };
}

/** What the sweeper does: tickets are owed, and those on their way are overdue, so that nobody would send them. */
export function sendOverdue(account: TokenAccount, tokensPerMinute: number, now: number) {
  const isOverdue = account.coming === 0 || account.comingAt + lostAfterMs < now;
  if (account.parked === 0 || !isOverdue) return { account, count: 0, delayMs: 0 };
  return sendParked({ ...account, coming: 0 }, tokensPerMinute, now);
}

/** A start was not used. */
export function returnStart(account: TokenAccount, tokensPerMinute: number): TokenAccount {
  return { ...account, paceAt: account.paceAt - stepMs(account, tokensPerMinute) };
}

/** Charges a call that starts as soon as there is room; `second` is when. */
export function charge(
  account: TokenAccount,
  tokens: number,
  tokensPerMinute: number,
  now: number,
): { account: TokenAccount; second: number } {
  const nowSecond = Math.floor(now / 1000);
  const charges = account.charges.filter(([second]) => second > nowSecond - windowSeconds);
  // More than a whole minute's tokens can only go alone.
  const needed = Math.min(tokens, tokensPerMinute);
  let second = nowSecond;
  while (!hasRoom(charges, second, needed, tokensPerMinute)) second += 1;
  const due = account.paceAt + paceMs(tokens - account.meanTokens, tokensPerMinute);
  const paceAt = Math.max(due, second * 1_000 - aheadMs);
  const meanTokens = account.meanTokens + (tokens - account.meanTokens) * weightOfNewest;
  return { account: { ...account, paceAt, meanTokens, charges: addTo(charges, second, tokens) }, second };
}

/** Real use is known: what was not used frees room in its own second, what exceeds the charge is charged to later calls. */
export function settle(
  account: TokenAccount,
  second: number,
  charged: number,
  used: number,
  tokensPerMinute: number,
): TokenAccount {
  if (used === charged) return account;
  return {
    ...account,
    paceAt: account.paceAt + paceMs(used - charged, tokensPerMinute),
    charges: addTo(account.charges, second, used - charged),
  };
}

/** Whether every minute that contains the second stays within the limit with so many tokens more. */
function hasRoom(charges: TokenAccount['charges'], second: number, tokens: number, limit: number): boolean {
  const ends = [
    second,
    ...charges.map(([each]) => each).filter((each) => each > second && each < second + windowSeconds),
  ];
  return ends.every((end) => {
    const sum = charges.reduce(
      (total, [each, amount]) => total + (each > end - windowSeconds && each <= end ? amount : 0),
      0,
    );
    return sum + tokens <= limit;
  });
}

function addTo(charges: TokenAccount['charges'], second: number, tokens: number): TokenAccount['charges'] {
  const amounts = new Map(charges);
  amounts.set(second, Math.max(0, (amounts.get(second) ?? 0) + tokens));
  return [...amounts].filter(([, amount]) => amount > 0).sort(([one], [other]) => one - other);
}
