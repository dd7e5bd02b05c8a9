import {
  hasEnded,
  readTokenName,
  type TokenKey,
  type TokenRecord,
  tokenName,
} from '../../core/access/token.ts';
import type { TokenRegistry } from '../../core/access/tokens.ts';
import { parseDuration } from '../../core/duration.ts';
import { subcommand } from '../command/subcommand.ts';
import { issueToken, readTenant } from './issue-token.ts';
import { describeToken, openRegistry } from './open-registry.ts';

/** Another token of the same terms; the one that it takes the place of is good for a while still. */
export const rotateToken = subcommand({
  name: 'rotate',
  form: '<token id> [--keep 24h]',
  words: [1, 1],
  options: { keep: { type: 'string', default: '24h' } },
  async run({ words: [text = ''], options }, target) {
    const [key, now] = [readKey(text), Date.now()];
    const kept = parseDuration(options.keep);
    if (kept === undefined)
      throw new Error(`--keep is a duration such as 24h, not ${JSON.stringify(options.keep)}`);
    const registry = await openRegistry(target);
    const before = await find(registry, key, now);
    // First, so that a fault leaves two tokens and not none.
    await issueToken(
      before.tenant,
      { ...before, endsAt: before.endsAt && now + (before.endsAt - before.createdAt) },
      registry,
      now,
    );
    await end(registry, key, now + kept, now);
  },
});

/** Refuses a token, or all of a tenant, within a minute. */
export const revokeToken = subcommand({
  name: 'revoke',
  form: '<token id> | --all <tenant>',
  words: [1, 1],
  options: { all: { type: 'boolean', default: false } },
  async run({ words: [text = ''], options: { all } }, target) {
    const now = Date.now();
    const key = all ? undefined : readKey(text);
    const tenant = all ? readTenant(text) : undefined;
    const registry = await openRegistry(target);
    const keys = key ? [key] : (await registry.list(tenant)).filter((record) => !hasEnded(record, now));
    if (keys.length === 0) throw new Error(`${text} has no token that is still good`);
    for (const each of keys) await end(registry, each, now, now);
    console.log('It is refused within a minute, and what it opened is closed.');
  },
});

function readKey(text: string): TokenKey {
  const key = readTokenName(text);
  // It may be a secret.
  if (!key) throw new Error('A token id is <tenant>_<12 digits>, as npm run tenants -- list shows it');
  return key;
}

async function find(registry: TokenRegistry, key: TokenKey, now: number): Promise<TokenRecord> {
  const record = (await registry.list(key.tenant)).find(({ id }) => id === key.id);
  if (!record) throw new Error(`There is no token ${tokenName(key)}`);
  if (hasEnded(record, now))
    throw new Error(`${tokenName(key)} has ended: npm run tenants -- add ${key.tenant}`);
  return record;
}

async function end(registry: TokenRegistry, key: TokenKey, endsAt: number, now: number): Promise<void> {
  const record = await registry.end(key, endsAt);
  if (!record) throw new Error(`There is no token ${tokenName(key)}`);
  console.error(describeToken(record, now));
}
