import { createDynamoTokenRegistry } from '../../adapters/dynamo-tokens.ts';
import { hasEnded, type TokenRecord, tokenName } from '../../core/access/token.ts';
import type { TokenRegistry } from '../../core/access/tokens.ts';
import { openTable } from '../command/open-table.ts';
import type { Target } from '../command/target.ts';

export async function openRegistry(target: Target): Promise<TokenRegistry> {
  return createDynamoTokenRegistry({ table: await openTable(target, 'StateTable') });
}

/** A line: the token's name, what it may, and since and until when. */
export function describeToken(record: TokenRecord, now: number): string {
  const { scopes, createdAt, endsAt, name } = record;
  const day = (time: number) => new Date(time).toISOString().slice(0, 16).replace('T', ' ');
  const end = endsAt === null ? '' : `${hasEnded(record, now) ? 'ended' : 'ends'} ${day(endsAt)}`;
  const parts = [
    tokenName(record).padEnd(20),
    scopes.join(',').padEnd(19),
    `since ${day(createdAt)}`,
    end,
    name,
  ];
  return parts.filter(Boolean).join('  ');
}
