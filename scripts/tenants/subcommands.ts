import type { Subcommand } from '../command/subcommand.ts';
import { addToken, createTenant } from './create-token.ts';
import { revokeToken, rotateToken } from './end-tokens.ts';
import { listTokens } from './list-tokens.ts';

/** What `npm run tenants -- …` can do. */
export const tenantSubcommands: readonly Subcommand[] = [
  createTenant,
  addToken,
  listTokens,
  rotateToken,
  revokeToken,
];
