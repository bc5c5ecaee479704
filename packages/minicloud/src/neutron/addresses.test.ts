/** Address arithmetic by tables from real Neutron answers, and the choice of free addresses by properties. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '@hearth/testkit';
import {
  candidates,
  contains,
  defaultGateway,
  defaultPools,
  formatCidr,
  formatIp,
  lowestFree,
  parseCidr,
  parseIp,
  parseMac,
  poolSize,
  randomMac,
  slaacAddress,
  usableRange,
  type Cidr,
  type Range,
} from './addresses.ts';

const cidrOf = (text: string): Cidr => {
  const cidr = parseCidr(text);
  if (cidr === null) throw new Error(`${text} is no CIDR`);
  return cidr;
};
const poolTexts = (text: string, gateway: string | null): readonly string[] => {
  const cidr = cidrOf(text);
  return defaultPools(cidr, gateway === null ? null : (parseIp(gateway)?.value ?? 0n)).map(
    (pool) => `${formatIp(cidr.version, pool.first)}-${formatIp(cidr.version, pool.last)}`,
  );
};

describe('addresses and CIDRs', () => {
  test.each([
    ['10.0.0.1', '10.0.0.1'],
    ['::1', '::1'],
    ['FD00:0:0:0:0:0:0:A', 'fd00::a'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ])('%s is %s', (text, shown) => {
    const ip = parseIp(text);
    expect(ip === null ? null : formatIp(ip.version, ip.value)).toBe(shown);
  });
  test.each(['10.0.0', '10.0.0.256', '010.0.0.1', '0x0a.0.0.1', 'fe80::1%eth0', '1.2.3.4.5', '', 'zz', ':::'])(
    '%s is no address',
    (text) => {
      expect(parseIp(text)).toBeNull();
    },
  );
  test.each([
    ['10.77.0.1/29', '10.77.0.0/29'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['fd00:1::5/64', 'fd00:1::/64'],
  ])('%s is the network %s', (text, shown) => expect(formatCidr(cidrOf(text))).toBe(shown));
  test.each(['10.0.0.0', '10.0.0.0/33', '10.0.0.0/-1', 'fd00::/129', '10.0.0.0/8/8', '/8'])('%s is no CIDR', (text) =>
    expect(parseCidr(text)).toBeNull(),
  );
  test.each([
    ['AA-bb-cc-00-11-22', 'aa:bb:cc:00:11:22'],
    ['fa:16:3e:00:00:01', 'fa:16:3e:00:00:01'],
    ['fa:16:3e:00:00', null],
    ['fa:16:3e:00:00:0g', null],
  ])('MAC %s', (text, shown) => expect(parseMac(text)).toBe(shown));
});

describe('pools and gateways, as Neutron makes them', () => {
  test.each([
    ['10.77.0.0/29', '10.77.0.1', ['10.77.0.2-10.77.0.6']],
    ['10.77.0.0/29', '10.77.0.3', ['10.77.0.1-10.77.0.2', '10.77.0.4-10.77.0.6']],
    ['10.77.0.0/29', '10.77.0.6', ['10.77.0.1-10.77.0.5']],
    ['10.78.0.0/28', '10.79.0.1', ['10.78.0.1-10.78.0.14']],
    ['10.80.0.0/28', null, ['10.80.0.1-10.80.0.14']],
    ['10.80.0.0/31', null, ['10.80.0.0-10.80.0.1']],
    ['10.80.0.4/32', null, ['10.80.0.4-10.80.0.4']],
    ['fd00:1::/64', 'fd00:1::', ['fd00:1::1-fd00:1::ffff:ffff:ffff:ffff']],
  ])('%s with gateway %s', (cidr, gateway, pools) => expect(poolTexts(cidr, gateway)).toEqual(pools));
  test.each([
    ['10.10.0.0/16', false, '10.10.0.1'],
    ['fd00:1::/64', true, 'fd00:1::'],
    ['fd00:1::/64', false, 'fd00:1::1'],
  ])('the gateway of %s (automatic: %s) is %s', (text, isAutomatic, gateway) => {
    const cidr = cidrOf(text);
    expect(formatIp(cidr.version, defaultGateway(cidr, isAutomatic))).toBe(gateway);
  });
  test('SLAAC makes the address from the MAC', () => {
    expect(formatIp(6, slaacAddress(cidrOf('fd00:1::/64'), 'fa:16:3e:47:7d:65'))).toBe('fd00:1::f816:3eff:fe47:7d65');
  });
});

const someCidr = fc.oneof(
  fc
    .tuple(fc.nat(0xffffffff), fc.integer({ min: 16, max: 32 }))
    .map(([value, prefix]) => cidrOf(`${formatIp(4, BigInt(value))}/${prefix}`)),
  fc.tuple(fc.nat(0xffff), fc.integer({ min: 48, max: 128 })).map(([value, prefix]) => cidrOf(`fd00:${value.toString(16)}::/${prefix}`)),
);
/** Up to four pools without overlap inside some 60 addresses. */
const somePools = fc
  .uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 2, maxLength: 8 })
  .map((marks) => [...marks].sort((a, b) => a - b))
  .map((marks) =>
    Array.from(
      { length: Math.floor(marks.length / 2) },
      (_, i): Range => ({ first: BigInt(marks[2 * i] as number), last: BigInt(marks[2 * i + 1] as number) }),
    ),
  )
  .filter((pools) => pools.every((pool, i) => i === 0 || (pools[i - 1] as Range).last < pool.first));

describe('choosing addresses', () => {
  test('default pools hold every usable address but the gateway, and nothing else', () => {
    fc.assert(
      fc.property(someCidr, fc.nat(), (cidr, pick) => {
        const usable = usableRange(cidr);
        const gateway = cidr.first + (BigInt(pick) % (cidr.last - cidr.first + 1n));
        const pools = defaultPools(cidr, gateway);
        const usableSize = usable.last - usable.first + 1n;
        const isSingle = cidr.first === cidr.last;
        expect(poolSize(pools)).toBe(contains(usable, gateway) && !isSingle ? usableSize - 1n : usableSize);
        for (const pool of pools)
          expect(contains(usable, pool.first) && contains(usable, pool.last) && (isSingle || !contains(pool, gateway))).toBe(true);
      }),
    );
  });
  test('candidates lie in the pools and are tried once', () => {
    fc.assert(
      fc.property(someCidr, fc.nat(), (cidr, seed) => {
        const pools = defaultPools(cidr, cidr.first + 1n);
        const random = seededRandom(seed);
        const chosen = candidates(pools, () => random.next());
        expect(new Set(chosen).size).toBe(chosen.length);
        expect(chosen.length).toBeLessThanOrEqual(6 * 14);
        expect(chosen.length > 0).toBe(poolSize(pools) > 0n);
        for (const address of chosen) expect(pools.some((pool) => contains(pool, address))).toBe(true);
      }),
    );
  });
  test('taking the lowest free address hands out each address of the pools once, then none', () => {
    fc.assert(
      fc.property(somePools, fc.array(fc.integer({ min: 0, max: 70 }).map(BigInt)), (pools, foreign) => {
        const taken = new Set(foreign);
        const before = [...taken].filter((one) => pools.some((pool) => contains(pool, one))).length;
        const given: bigint[] = [];
        for (;;) {
          const next = lowestFree(
            pools,
            [...taken].sort((a, b) => (a < b ? -1 : 1)),
          );
          if (next === null) break;
          expect(taken.has(next)).toBe(false);
          expect(pools.some((pool) => contains(pool, next))).toBe(true);
          taken.add(next);
          given.push(next);
        }
        expect(given.length).toBe(Number(poolSize(pools)) - before);
        expect(given).toEqual([...given].sort((a, b) => (a < b ? -1 : 1)));
      }),
    );
  });
  test('a made MAC address is one', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 3, maxLength: 3 }), (bytes) => parseMac(randomMac(bytes))?.startsWith('fa:16:3e:') === true),
    );
  });
});
