import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test from 'node:test';
import { Webhook } from 'standardwebhooks';
import { signWebhook } from '../../../../core/webhooks/sign-webhook.ts';
import { signingKeys } from '../../../../core/webhooks/signing-secrets.ts';

const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;
const keysOf = (parameter: string, tenant = 'default') => signingKeys(parameter, tenant) ?? [];

test('the standardwebhooks package verifies the signature', () => {
  const secret = newSecret();
  const body = JSON.stringify({ task_id: 'task_1', text: 'grüße 你好' });
  const headers = signWebhook('evt_1_3', body, keysOf(secret), Date.now());
  assert.deepEqual(new Webhook(secret).verify(body, headers), JSON.parse(body));
  assert.throws(() => new Webhook(secret).verify(`${body} `, headers));
  assert.throws(() => new Webhook(newSecret()).verify(body, headers));
});

test('while a secret is replaced both the old and the new verify', () => {
  const [fresh, old] = [newSecret(), newSecret()];
  const headers = signWebhook('evt_1_3', '{}', keysOf(`${fresh}, ${old}`), Date.now());
  assert.equal(headers['webhook-signature']?.split(' ').length, 2);
  for (const secret of [fresh, old]) assert.deepEqual(new Webhook(secret).verify('{}', headers), {});
});

test('each tenant signs with its own secret and never with another tenant’s', () => {
  const [a, b] = [newSecret(), newSecret()];
  const parameter = JSON.stringify({ a: [a], b: [b] });
  const headers = signWebhook('evt', '{}', keysOf(parameter, 'a'), Date.now());
  assert.deepEqual(new Webhook(a).verify('{}', headers), {});
  assert.throws(() => new Webhook(b).verify('{}', headers));
  for (const none of ['c', 'constructor']) assert.equal(signingKeys(parameter, none), undefined);
  assert.equal(signingKeys(a, 'b'), undefined, 'the plain form is the default tenant’s');
  assert.equal(signingKeys(undefined, 'default'), undefined);
});

test('a malformed parameter is an error that does not quote it', () => {
  const wrong = [
    'secret',
    'whsec_',
    'whsec_c2hvcnQ=',
    '{"default":"whsec_"}',
    '{',
    `${newSecret()},x`,
    '{"default":[]}',
  ];
  for (const parameter of wrong)
    assert.throws(
      () => signingKeys(parameter, 'default'),
      (error: Error) =>
        error.message === 'The parameter of webhook secrets is malformed' && error.cause === undefined,
      parameter,
    );
});
