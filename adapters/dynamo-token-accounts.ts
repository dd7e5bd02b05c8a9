import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { TokenAccount } from '../core/scheduling/token-account.ts';
import type { TokenAccounts } from '../core/scheduling/token-rate.ts';
import type { Item } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { jsonText, type Members, parseItem } from './parse-item.ts';

const keyOf = (provider: string) => ({ pk: `RATE#${provider}#account`, sk: 'ACCOUNT' });

const StoredAccount = jsonText(
  z.object({
    paceAt: z.number(),
    meanTokens: z.number(),
    charges: z.array(z.tuple([z.number(), z.number()])),
    parked: z.number(),
    coming: z.number(),
    comingAt: z.number(),
  } satisfies Members<TokenAccount>),
);

/**
 * `written_by`: the write that made it what it is; whoever read it may change it only while it still is that.
 * `earlier`: the writes before it, the newest first.
 */
const AccountRow = z.object({
  account: StoredAccount,
  written_by: z.string(),
  earlier: z.array(z.string()).default([]),
});
type AccountRow = z.input<typeof AccountRow>;

/** Between a write and its repeat after a lost answer others write fewer times than this. */
const rememberedWrites = 10;

/** With such pauses fifty workers that begin at once have all written within seconds. */
const mostTries = 30;
/** Of the first pause at most; each further one may be twice as long. */
const firstPauseMs = 40;
const longestPauseMs = 500;

/** One item a provider, changed by optimistic locking: starts of one provider come one after the other anyway. */
export function createDynamoTokenAccounts(options: {
  table: DynamoTable;
  sleep: (milliseconds: number) => Promise<unknown>;
  random: () => number;
}): TokenAccounts {
  const { table } = options;
  const parse = (item: Item | undefined) => item && parseItem('The row of a token account', AccountRow, item);

  const read = async (provider: string) => parse(await table.get(keyOf(provider), { consistent: true }));

  return {
    read: async (provider) => (await read(provider))?.account,

    async change(provider, decide) {
      for (let tries = 1; ; tries += 1) {
        const row = await read(provider);
        const { account, value } = decide(row?.account);
        const id = randomUUID().slice(0, 8);
        const earlier = row ? [row.written_by, ...row.earlier].slice(0, rememberedWrites) : [];
        const written: AccountRow = { account: JSON.stringify(account), written_by: id, earlier };
        const outcome = await table.update<AccountRow>({
          key: keyOf(provider),
          set: written,
          condition: row ? '#written_by = :read' : 'attribute_not_exists(#written_by)',
          values: { read: row?.written_by },
        });
        if (outcome.applied) return value;
        const found = parse(outcome.item);
        // An earlier try of this very write, whose answer was lost; others may have written since.
        if (found?.written_by === id || found?.earlier.includes(id)) return value;
        if (tries >= mostTries) throw new Error(`The token account of ${provider} changes too fast`);
        // Read anew after the pause, and not before: what was read would be old, and the next write refused as well.
        await options.sleep(options.random() * Math.min(firstPauseMs * 2 ** (tries - 1), longestPauseMs));
      }
    },
  };
}
