import { subcommand } from '../command/subcommand.ts';
import { issueToken, readTenant, readTerms, termOptions, termsForm } from './issue-token.ts';
import { openRegistry } from './open-registry.ts';

/** A tenant is there when it has a token; a mistyped one is not to become another tenant. */
const make = (name: 'create' | 'add', isNew: boolean) =>
  subcommand({
    name,
    form: `<tenant> ${termsForm}`,
    words: [1, 1],
    options: termOptions,
    async run({ words: [text = ''], options }, target) {
      const [tenant, now] = [readTenant(text), Date.now()];
      const terms = readTerms(options, now);
      const registry = await openRegistry(target);
      const isKnown = (await registry.list(tenant)).length > 0;
      if (isNew && isKnown)
        throw new Error(`${tenant} is there already: npm run tenants -- add ${tenant} makes another token`);
      if (!isNew && !isKnown)
        throw new Error(`There is no tenant ${tenant}: npm run tenants -- create ${tenant} makes it`);
      await issueToken(tenant, terms, registry, now);
    },
  });

/** A new tenant, and its first token. */
export const createTenant = make('create', true);
/** Another token of a tenant. */
export const addToken = make('add', false);
