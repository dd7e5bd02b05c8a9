import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { signingKeys } from '../../../../core/webhooks/signing-secrets.ts';
import { withTenantSecret } from '../../../../scripts/secrets/tenant-webhook-secrets.ts';

const make = () => `whsec_${randomBytes(32).toString('base64')}`;
const [a, b, c, d] = [make(), make(), make(), make()] as const;

test('a tenant’s secret stands beside those of others, before its former one', () => {
  const first = withTenantSecret(`${a}, ${b}`, 'acme', c);
  assert.deepEqual(JSON.parse(first), { default: [a, b], acme: [c] });
  const second = withTenantSecret(first, 'acme', d);
  assert.deepEqual(JSON.parse(second), { default: [a, b], acme: [d, c] });
  assert.deepEqual(JSON.parse(withTenantSecret(second, 'acme', a)).acme, [a, d]);
  assert.deepEqual(JSON.parse(withTenantSecret(undefined, 'acme', a)), { acme: [a] });
  assert.equal(signingKeys(second, 'acme')?.length, 2);
});

test('a malformed parameter is left alone, and not quoted', () => {
  for (const wrong of ['{', '{"acme":"x"}', '{"acme":7}'])
    assert.throws(() => withTenantSecret(wrong, 'acme', a), {
      message: 'webhook-secrets is malformed: set all of it anew. Nothing was changed',
    });
});
