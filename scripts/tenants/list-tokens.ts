import { subcommand } from '../command/subcommand.ts';
import { readTenant } from './issue-token.ts';
import { describeToken, openRegistry } from './open-registry.ts';

/** The tokens of all tenants or of one, also those that ended within the last month; never a token itself. */
export const listTokens = subcommand({
  name: 'list',
  form: '[<tenant>]',
  words: [0, 1],
  async run({ words: [text] }, target) {
    const tenant = text === undefined ? undefined : readTenant(text);
    const records = await (await openRegistry(target)).list(tenant);
    for (const record of records) console.log(describeToken(record, Date.now()));
    if (records.length === 0)
      console.log(tenant === undefined ? 'There are no tokens of tenants' : `There is no tenant ${tenant}`);
  },
});
