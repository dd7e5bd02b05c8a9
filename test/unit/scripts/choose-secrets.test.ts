import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseSecrets } from '../../../scripts/emulator/choose-secrets.ts';

const names = { LLM_AUTH_TOKEN: '/auth-token', LLM_WEBHOOK_SECRET: '/webhook-secrets' };
const random = (bytes: number) => Buffer.alloc(bytes, 0xfb).toString('base64');
const deployed = (parameters: Record<string, string>) => ({ read: async (name: string) => parameters[name] });

test('takes what the environment gives before what is deployed', async () => {
  const given = { LLM_AUTH_TOKEN: 'given', LLM_WEBHOOK_SECRET: 'whsec_given' };
  const secrets = await chooseSecrets(given, names, deployed({ '/auth-token': 'old' }), random);
  assert.deepEqual(secrets, { variables: given, generated: [] });
});

test('keeps what is deployed, since functions remember it', async () => {
  const parameters = deployed({ '/auth-token': 'old', '/webhook-secrets': 'whsec_old' });
  const secrets = await chooseSecrets({ LLM_AUTH_TOKEN: ' ' }, names, parameters, random);
  assert.deepEqual(secrets, {
    variables: { LLM_AUTH_TOKEN: 'old', LLM_WEBHOOK_SECRET: 'whsec_old' },
    generated: [],
  });
});

test('generates the rest: a token fit for a header and a secret of at least 24 bytes', async () => {
  const { variables, generated } = await chooseSecrets({}, names, deployed({}), (bytes) => {
    assert.ok(bytes >= 24);
    return random(bytes);
  });
  assert.deepEqual(generated, ['LLM_AUTH_TOKEN', 'LLM_WEBHOOK_SECRET']);
  assert.match(variables.LLM_AUTH_TOKEN ?? '', /^emulator-[A-Za-z0-9]+$/);
  const [, secret] = /^whsec_(.+)$/.exec(variables.LLM_WEBHOOK_SECRET ?? '') ?? [];
  assert.equal(Buffer.from(secret ?? '', 'base64').length, 32);
});
