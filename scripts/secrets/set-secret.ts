import { randomBytes } from 'node:crypto';
import { subcommand } from '../command/subcommand.ts';
import { readTenant } from '../tenants/issue-token.ts';
import { askSecret } from './ask-secret.ts';
import { checkKey } from './check-key.ts';
import { findSecret, type KnownSecret, readValue } from './known-secrets.ts';
import { openSecrets } from './secret-store.ts';
import { withTenantSecret } from './tenant-webhook-secrets.ts';

/** What `--generate` makes, by the secret's name. */
const generators: Record<string, () => string> = {
  'auth-token': () => randomBytes(32).toString('hex'),
  // https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
  'webhook-secrets': () => `whsec_${randomBytes(32).toString('base64')}`,
};

/** Puts a secret where the target has it: asked for without echo, or from standard input. */
export const setSecret = subcommand({
  name: 'set',
  form: '<name> [--check] [--generate] [--tenant <tenant>]',
  words: [1, 2],
  options: {
    check: { type: 'boolean', default: false },
    generate: { type: 'boolean', default: false },
    tenant: { type: 'string' },
  },
  async run({ words: [name = '', value], options: { check, generate, tenant } }, target) {
    if (value !== undefined)
      throw new Error(
        'A value on the command line stays in the shell’s history: it is asked for, or read from a pipe',
      );
    const secret = await findSecret(name);
    const owner = readOwner(secret, tenant);
    if (check && !secret.provider)
      throw new Error(`--check tries the key of a provider, which ${secret.name} is not`);
    const generator = generators[secret.name];
    if (generate && !generator)
      throw new Error(
        `--generate makes ${Object.keys(generators).join(' and ')}; ${secret.name} comes from its provider`,
      );
    const store = openSecrets(target);
    const given = generate && generator ? generator() : readValue(secret, await askSecret(secret.name));
    if (check && secret.provider) {
      const { isTaken, told } = await checkKey(secret.provider, given);
      if (!isTaken) throw new Error(`The key of ${secret.name} ${told}. Nothing was changed`);
      console.error(`The key of ${secret.name} ${told}`);
    }
    const whole = owner === undefined ? given : withTenantSecret(await store.read(secret), owner, given);
    console.error(await store.write(secret, readValue(secret, whole)));
    if (generate) console.log(given);
  },
});

function readOwner({ name }: KnownSecret, tenant: string | undefined): string | undefined {
  if (tenant === undefined) return undefined;
  if (name !== 'webhook-secrets') throw new Error(`--tenant is of webhook-secrets, which ${name} is not`);
  return readTenant(tenant);
}
