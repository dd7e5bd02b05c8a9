import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { classifyAddress } from '../../../../core/webhooks/classify-address.ts';

test('what ipaddr.js does not call unicast is never public', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
      const parsed = ipaddr.process(address);
      if (parsed.range() !== 'unicast') assert.notEqual(classifyAddress(address), 'public', address);
    }),
    { numRuns: 5_000 },
  );
});

test('IPv4 inside the blocks of the registries is never public, whatever its spelling in IPv6', () => {
  const blocks = ['0', '10', '127', '169.254', '172.16', '192.168', '100.64', '198.18', '224', '240', '255'];
  const inside = fc
    .tuple(fc.constantFrom(...blocks), fc.array(fc.nat(255), { minLength: 3, maxLength: 3 }))
    .map(([head, tail]) => [...head.split('.'), ...tail].slice(0, 4).join('.'));
  fc.assert(
    fc.property(inside, (address) => {
      for (const form of [address, `::ffff:${address}`, `::${address}`, `64:ff9b::${address}`])
        assert.notEqual(classifyAddress(form), 'public', form);
    }),
  );
});

test('addresses beside the blocks are public', () => {
  for (const address of [
    '9.255.255.255',
    '11.0.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '223.255.255.255',
    '2600::1',
    '2a00:1450::1',
  ])
    assert.equal(classifyAddress(address), 'public', address);
});

test('loopback and private addresses are told apart from what is never allowed', () => {
  assert.equal(classifyAddress('127.9.9.9'), 'loopback');
  assert.equal(classifyAddress('::1'), 'loopback');
  assert.equal(classifyAddress('::ffff:127.0.0.1'), 'loopback');
  assert.equal(classifyAddress('192.168.1.1'), 'private');
  assert.equal(classifyAddress('fd12::1'), 'private');
  assert.equal(classifyAddress('169.254.169.254'), 'forbidden');
});

test('what is no address is forbidden', () => {
  for (const text of [
    '',
    'example.com',
    'fe80::1%eth0',
    '1.2.3.4.5',
    ':::1',
    '::1]/x',
    '127.0.0.1/x@8.8.8.8',
  ])
    assert.equal(classifyAddress(text), 'forbidden', text);
});
