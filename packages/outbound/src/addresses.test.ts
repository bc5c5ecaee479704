/** Address classes and the allow list: tables of every kind of address, and properties over all of IPv4 and IPv6. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '@hearth/kernel';
import { addressClass, type AddressClass } from './addresses.ts';
import { parseAllowList } from './allow-list.ts';

const CLASSES: Readonly<Record<string, AddressClass>> = {
  '8.8.8.8': 'public',
  '1.1.1.1': 'public',
  '172.15.255.255': 'public',
  '172.32.0.0': 'public',
  '2a00:1450:4001:81a::200e': 'public',
  '127.0.0.1': 'loopback',
  '127.255.255.254': 'loopback',
  '::1': 'loopback',
  '[::1]': 'loopback',
  '10.0.0.1': 'private',
  '172.16.0.1': 'private',
  '172.31.255.255': 'private',
  '192.168.1.1': 'private',
  'fd12:3456::1': 'private',
  'fc00::1': 'private',
  '169.254.1.1': 'link-local',
  'fe80::1': 'link-local',
  '100.64.0.1': 'shared',
  '100.127.255.255': 'shared',
  '224.0.0.1': 'multicast',
  'ff02::1': 'multicast',
  '0.0.0.0': 'unspecified',
  '0.1.2.3': 'unspecified',
  '::': 'unspecified',
  '169.254.169.254': 'metadata',
  '100.100.100.200': 'metadata',
  '168.63.129.16': 'metadata',
  'fd00:ec2::254': 'metadata',
  '::ffff:169.254.169.254': 'metadata',
  '::ffff:a9fe:a9fe': 'metadata',
  '::ffff:127.0.0.1': 'loopback',
  '::ffff:10.0.0.1': 'private',
  '::ffff:8.8.8.8': 'public',
  '::127.0.0.1': 'loopback',
  '::7f00:1': 'special',
  '64:ff9b::7f00:1': 'special',
  '64:ff9b:1::1': 'special',
  '2002:7f00:1::': 'special',
  '2001:0:1::1': 'special',
  '2001:db8::1': 'special',
  'fec0::1': 'special',
  '100::1': 'special',
  '192.0.2.1': 'special',
  '198.18.0.1': 'special',
  '203.0.113.9': 'special',
  '240.0.0.1': 'special',
  '255.255.255.255': 'special',
  'example.org': 'malformed',
  '127.1': 'malformed',
  '0x7f000001': 'malformed',
  '': 'malformed',
};

const v4 = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map((octets) => octets.join('.'));

describe('addresses', () => {
  it.each(Object.entries(CLASSES))('%s is %s', (address, expected) => expect(addressClass(address)).toBe(expected));

  it('an IPv4 address is the same thing inside IPv6', () => {
    fc.assert(fc.property(v4, (address) => addressClass(`::ffff:${address}`) === addressClass(address)));
  });

  it('nothing throws, and no text but an address is anything but malformed', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof addressClass(text) === 'string'));
    fc.assert(fc.property(fc.domain(), (name) => addressClass(name) === 'malformed'));
  });

  it('outside 2000::/3 no IPv6 address is public', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const first = Number.parseInt(address.startsWith('::') ? '0' : (address.split(':')[0] ?? '0'), 16);
        return (first & 0xe000) === 0x2000 || address.includes('.') || address.startsWith('::') || addressClass(address) !== 'public';
      }),
    );
  });
});

describe('the allow list', () => {
  const allow = parseAllowList(
    ['Images.Example.org.', '*.lab.test', '10.1.0.0/16', '192.168.7.7', 'fd00::/8', '::ffff:172.16.0.0/108', ' '],
    'X',
  );

  it.each([
    ['images.example.org', true],
    ['example.org', false],
    ['evil-images.example.org', false],
    ['a.lab.test', true],
    ['a.b.lab.test', true],
    ['lab.test', false],
    ['evillab.test', false],
  ])('host %s: %s', (host, expected) => expect(allow.hasHost(host)).toBe(expected));

  it.each([
    ['10.1.255.1', true],
    ['10.2.0.1', false],
    ['::ffff:10.1.0.9', true],
    ['192.168.7.7', true],
    ['192.168.7.8', false],
    ['fd12::1', true],
    ['fe80::1', false],
    ['172.17.0.1', true],
    ['172.32.0.1', false],
    ['fd00:ec2::254', false],
    ['not-an-address', false],
  ])('address %s: %s', (address, expected) => expect(allow.hasAddress(address)).toBe(expected));

  it('a metadata service must be named itself', () => {
    expect(parseAllowList(['0.0.0.0/0', '169.254.0.0/16'], 'X').hasAddress('169.254.169.254')).toBe(false);
    expect(parseAllowList(['169.254.169.254'], 'X').hasAddress('169.254.169.254')).toBe(true);
  });

  it.each([
    '10.0.0.0/33',
    '10.0.0/8',
    'fd00::/129',
    '10.0.0.0/',
    'ho st',
    'http://a',
    'a..b',
    '*',
    '10.0.0.300',
    '::ffff:10.0.0.0/8',
    'a/8',
  ])('%s stops the start', (entry) => {
    expect(() => parseAllowList([entry], 'HEARTH_X')).toThrow(Failure);
    expect(() => parseAllowList([entry], 'HEARTH_X')).toThrow(/^HEARTH_X: /);
  });

  it('a network holds exactly the addresses that share its first bits', () => {
    const bits = (address: string): string =>
      address
        .split('.')
        .map((octet) => Number(octet).toString(2).padStart(8, '0'))
        .join('');
    fc.assert(
      fc.property(v4, v4, fc.integer({ min: 0, max: 32 }), (network, address, length) => {
        const expected = bits(network).slice(0, length) === bits(address).slice(0, length) && addressClass(address) !== 'metadata';
        return parseAllowList([`${network}/${length}`], 'X').hasAddress(address) === expected;
      }),
    );
  });
});
