import assert from 'node:assert/strict';
import { BlockList } from 'node:net';
import test from 'node:test';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { classifyAddress } from '../../../../core/webhooks/classify-address.ts';

/** The blocks of the IANA Special-Purpose Address Registries and multicast, independent of ipaddr.js. */
const registered4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const;
/** The same of IPv6, below the one block of global unicast addresses. */
const registered6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
] as const;

test('an address is public where the registries have no block for it, and only there', () => {
  const special = new BlockList();
  for (const [base, prefix] of registered4) special.addSubnet(base, prefix, 'ipv4');
  for (const [base, prefix] of registered6) special.addSubnet(base, prefix, 'ipv6');
  const globalUnicast = new BlockList();
  globalUnicast.addSubnet('2000::', 3, 'ipv6');
  const octet = fc.nat(255);
  const near4 = fc
    .tuple(fc.constantFrom(...registered4), fc.integer({ min: 1, max: 3 }), octet, octet, octet)
    .map(([[base], kept, ...rest]) => [...base.split('.').slice(0, kept), ...rest].slice(0, 4).join('.'));
  const heads6 = fc.constantFrom('2000', '2001', '2002', '2620:4f', '3fff', '3ffe', '1fff', '4000', 'fe80');
  const edges = fc.constantFrom(0, 1, 0x1ff, 0x200, 0xdb8, 0xfff, 0x1000, 0x7fff, 0x8000, 0x8001, 0xffff);
  const near6 = fc
    .tuple(heads6, fc.oneof(edges, fc.nat(0xffff)))
    .map(([head, next]) => `${head}:${next.toString(16)}::1`);
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), near4), (address) => {
      const isSpecial = special.check(address, 'ipv4');
      assert.equal(classifyAddress(address) !== 'public', isSpecial, address);
      assert.equal(classifyAddress(`::ffff:${address}`) !== 'public', isSpecial, address);
    }),
    { numRuns: 5_000 },
  );
  fc.assert(
    fc.property(near6, (address) => {
      const isPublic = globalUnicast.check(address, 'ipv6') && !special.check(address, 'ipv6');
      assert.equal(classifyAddress(address) === 'public', isPublic, address);
    }),
    { numRuns: 5_000 },
  );
});

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

test('loopback and private addresses are classified as such, others are never allowed', () => {
  assert.equal(classifyAddress('127.9.9.9'), 'loopback');
  assert.equal(classifyAddress('::1'), 'loopback');
  assert.equal(classifyAddress('::ffff:127.0.0.1'), 'loopback');
  assert.equal(classifyAddress('192.168.1.1'), 'private');
  assert.equal(classifyAddress('fd12::1'), 'private');
  assert.equal(classifyAddress('169.254.169.254'), 'forbidden');
});

test('where a cloud serves metadata is forbidden, in whatever block and spelling; its neighbours are not', () => {
  for (const address of [
    'fd00:ec2::254',
    'fd00:ec2::23',
    'fd00:ec2:ffff:ffff:ffff:ffff:ffff:ffff',
    'fd00:0ec2:0:0:0:0:0:254',
    'fd20:ce::254',
    'fd00:42::42',
    '100.100.100.200',
    '0x64.0x64.0x64.0xc8',
    '::ffff:100.100.100.200',
    '168.63.129.16',
    '2822734096',
  ])
    assert.equal(classifyAddress(address), 'forbidden', address);
  for (const address of ['fd00:ec1::254', 'fd00:ec3::254', 'fd20:ce::253', '100.100.100.199'])
    assert.equal(classifyAddress(address), 'private', address);
  assert.equal(classifyAddress('168.63.129.17'), 'public');
});

test('text that is not an address is forbidden', () => {
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
