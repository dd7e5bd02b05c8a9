import assert from 'node:assert/strict';
import { test } from 'node:test';
import { receiverGroup } from '../../../../core/webhooks/receiver-group.ts';

const groupOf = (url: string) => receiverGroup('acme', url);

test('every path and subdomain of what somebody registered is one receiver', () => {
  for (const url of [
    'https://example.co.uk/a',
    'https://hooks.example.co.uk/b?c',
    'https://a1.b2.hooks.example.co.uk:8443/',
    'https://EXAMPLE.co.uk.',
  ])
    assert.equal(groupOf(url), 'acme/example.co.uk', url);
});

test('customers of a provider of names are receivers of their own', () => {
  assert.notEqual(groupOf('https://one.github.io/'), groupOf('https://two.github.io/'));
});

test('of an address or a local name the host is the receiver, its port included', () => {
  assert.equal(groupOf('http://127.0.0.1:8080/a'), 'acme/127.0.0.1:8080');
  assert.equal(groupOf('http://[::1]:8080/a'), 'acme/[::1]:8080');
  assert.equal(groupOf('http://localhost:1/'), 'acme/localhost:1');
});

test('two tenants never share a receiver', () => {
  assert.notEqual(groupOf('https://example.com/'), receiverGroup('other', 'https://example.com/'));
});
