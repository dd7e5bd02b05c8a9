import { subcommand } from '../command/subcommand.ts';
import { checkKey } from './check-key.ts';
import { listSecrets } from './known-secrets.ts';
import { openSecrets } from './secret-store.ts';

/** Which secrets are set, and since when; never a value. */
export const listSecretsCommand = subcommand({
  name: 'list',
  form: '[--check]',
  options: { check: { type: 'boolean', default: false } },
  async run({ options: { check } }, target) {
    const secrets = await listSecrets();
    const store = openSecrets(target);
    const changes = await store.changes(secrets);
    let refused = 0;
    for (const secret of secrets) {
      const change = changes.get(secret.name);
      const key = check && change !== undefined && secret.provider ? await store.read(secret) : undefined;
      const tried = key && secret.provider ? await checkKey(secret.provider, key.trim()) : undefined;
      if (tried && !tried.isTaken) refused += 1;
      console.log([secret.name.padEnd(16), change ?? 'not set', tried?.told].filter(Boolean).join('  '));
    }
    if (refused > 0)
      throw new Error(refused === 1 ? '1 key was not taken' : `${refused} keys were not taken`);
  },
});
