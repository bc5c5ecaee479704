/** Behaviours as data: what is read and what is refused, what fits, patterns, the draw, the rate, and the mini-cloud's own time. */
import { Refusal } from '@hearth/kernel';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawn, fits, isSpent, type Criteria, type Occasion } from './behaviour.ts';
import { fitsPattern } from './patterns.ts';
import { readBehaviour, shownBehaviour } from './read-behaviour.ts';
import { Throttle } from './throttle.ts';
import { advanced, aheadMsAt, paced, REAL_TIME, virtualClock } from './virtual-clock.ts';

describe('patterns', () => {
  it.each([
    ['*', '', true],
    ['*', 'anything/at/all', true],
    ['web*', 'web-1', true],
    ['web*', 'my-web', false],
    ['*/servers', '/compute/v2.1/servers', true],
    ['*/servers', '/compute/v2.1/servers/x', false],
    ['*/servers/*', '/compute/v2.1/servers/x', true],
    ['/v2.1/*/detail', '/v2.1/servers/detail', true],
    ['a*b*c', 'aXbYbZc', true],
    ['a*b*c', 'acb', false],
    ['', '', true],
    ['', 'x', false],
    ['a.c', 'abc', false],
  ])('%s and %s: %s', (pattern, text, isFitting) => expect(fitsPattern(pattern, text)).toBe(isFitting));

  const text = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 12 });
  it('do as the regular expression does', () =>
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'b', '/', '*'), maxLength: 8 }), text, (pattern, tried) => {
        const expression = new RegExp(`^${pattern.replaceAll('*', '.*')}$`);
        expect(fitsPattern(pattern, tried)).toBe(expression.test(tried));
      }),
    ));
  it('come to an end, however many ways there are', () => {
    const fits = () => fitsPattern(`${'*a'.repeat(100)}b`, 'a'.repeat(10_000));
    // Whoever tried them all would not be done today; the limit ends the test, not the work that is as it should be.
    expect(runInNewContext('fits()', { fits }, { timeout: 60_000 })).toBe(false);
  });
});

const ANY: Criteria = { service: null, method: null, path: null, projectId: null, name: null };
const BOOT: Occasion = {
  service: 'compute',
  method: 'POST',
  paths: ['/compute/v2.1/servers', '/v2.1/servers'],
  projectId: 'p1',
  names: ['web-1'],
};

describe('criteria', () => {
  it.each<[string, Partial<Criteria>, Partial<Occasion>, boolean]>([
    ['none', {}, {}, true],
    ['none means every service but identity', {}, { service: 'identity' }, false],
    ['identity by its name', { service: 'identity' }, { service: 'identity' }, true],
    ['the service', { service: 'compute' }, {}, true],
    ['another service', { service: 'network' }, {}, false],
    ['the method', { method: 'POST' }, {}, true],
    ['another method', { method: 'GET' }, {}, false],
    ['a method where it is not known', { method: 'POST' }, { method: null }, false],
    ['the path with the prefix', { path: '/compute/*' }, {}, true],
    ['the path without it', { path: '/v2.1/servers' }, {}, true],
    ['another path', { path: '/servers' }, {}, false],
    ['a path where it is not known', { path: '*' }, { paths: [] }, false],
    ['the project', { projectId: 'p1' }, {}, true],
    ['a project where there is none', { projectId: 'p1' }, { projectId: null }, false],
    ['a name', { name: 'web*' }, {}, true],
    ['one of several names', { name: 'web*' }, { names: ['db', 'web'] }, true],
    ['another name', { name: 'db' }, {}, false],
    ['a name where there is none', { name: '*' }, { names: [] }, false],
    ['all of them', { service: 'compute', method: 'POST', path: '*/servers', projectId: 'p1', name: 'web-1' }, {}, true],
    ['all but one', { service: 'compute', method: 'POST', path: '*/servers', projectId: 'p2', name: 'web-1' }, {}, false],
  ])('%s', (_name, criteria, occasion, isFitting) => expect(fits({ ...ANY, ...criteria }, { ...BOOT, ...occasion })).toBe(isFitting));

  it('one more never lets more in', () => {
    const some = fc.record({
      service: fc.option(fc.constantFrom('compute' as const, 'network' as const)),
      method: fc.option(fc.constantFrom('GET', 'POST')),
      path: fc.option(fc.constantFrom('*', '*/servers', '/nothing')),
      projectId: fc.option(fc.constantFrom('p1', 'p2')),
      name: fc.option(fc.constantFrom('*', 'web*', 'db')),
    });
    const field = fc.constantFrom('service', 'method', 'path', 'projectId', 'name');
    fc.assert(
      fc.property(some, field, (criteria, dropped) => {
        if (fits(criteria, BOOT)) expect(fits({ ...criteria, [dropped]: null }, BOOT)).toBe(true);
      }),
    );
  });

  it.each([
    [null, 5, false],
    [2, 1, false],
    [2, 2, true],
    [1, 0, false],
  ])('of %s times, %s used: spent %s', (times, used, spent) => expect(isSpent({ times, used })).toBe(spent));
});

describe('what is read', () => {
  it.each<[string, object, RegExp]>([
    ['nothing', {}, /exactly one effect/],
    ['two effects', { loseReply: true, delaySeconds: 1 }, /this one has loseReply and delaySeconds/],
    ['an unknown field', { loseReply: true, sevice: 'compute' }, /no field "sevice" \(did you mean "service"\?\)/],
    ['an unknown service', { loseReply: true, service: 'dns' }, /no service "dns"; there are: identity, image/],
    ['a method in small letters', { loseReply: true, method: 'post' }, /method must be one of GET/],
    ['a path without a slash', { loseReply: true, path: 'servers' }, /path must begin with a slash/],
    ['a name that is no text', { loseReply: true, name: 5 }, /name must be a text/],
    ['a long pattern', { loseReply: true, name: 'x'.repeat(201) }, /name must be a text of 1 to 200/],
    ['no times', { loseReply: true, times: 0 }, /times must be a whole number from 1/],
    ['half a time', { loseReply: true, times: 1.5 }, /times must be a whole number/],
    ['times as text', { loseReply: true, times: '3' }, /times must be a whole number/],
    ['more than certain', { loseReply: true, chance: 1.1 }, /chance must be a number from 0 to 1/],
    ['an effect switched off', { loseReply: false }, /loseReply can only be true/],
    ['a delay without end', { delaySeconds: 601 }, /delaySeconds must be a number from 0 to 600/],
    ['time that goes back', { buildSeconds: -1 }, /buildSeconds must be a number from 0/],
    ['a refusal without a status', { refuse: { message: 'no' } }, /refuse needs a status/],
    ['a refusal that is none', { refuse: { status: 200 } }, /refuse.status must be a whole number from 400 to 599/],
    ['a refusal with more', { refuse: { status: 503, why: 'x' } }, /refuse has no field "why"/],
    ['a rate of nothing', { throttle: {} }, /throttle.perSecond must be a number/],
    ['an error without words', { errorAfterBuild: '' }, /errorAfterBuild must be a text/],
    [
      'build time of a network',
      { service: 'network', buildSeconds: 1 },
      /the service must be one of compute, block-storage, load-balancer/,
    ],
    ['identity for good', { service: 'keystone', loseReply: true }, /identity needs times, at most 1000/],
    ['identity too often', { service: 'identity', loseReply: true, times: 1001 }, /identity needs times, at most 1000/],
  ])('refuses %s', (_name, body, words) => {
    expect(() => readBehaviour(body)).toThrow(words);
    expect(() => readBehaviour(body)).toThrow(Refusal);
  });
  it.each([[null], ['text'], [[]], [5]])('refuses %s', (body) => expect(() => readBehaviour(body)).toThrow(/must be a JSON object/));

  it.each<[object]>([
    [{ service: 'compute', path: '*/servers', buildSeconds: 2.5 }],
    [{ transitionSeconds: 0 }],
    [{ service: 'load-balancer', name: 'lb*', errorAfterBuild: 'no' }],
    [{ refuse: { status: 409, message: 'not now', retryAfter: 0 }, times: 3 }],
    [{ method: 'DELETE', loseReply: true, chance: 0.5, seed: 7 }],
    [{ delaySeconds: 1 }],
    [{ throttle: { perSecond: 0.5 } }],
  ])('shows %j as it was sent', (body) => {
    const { criteria, ...wish } = readBehaviour(body);
    const behaviour = { ...wish, id: 'b', criteria: { ...criteria, projectId: null }, seed: wish.seed ?? 0, used: 0, createdMs: 0 };
    expect(shownBehaviour(behaviour)).toMatchObject(body);
  });
  it.each([
    ['nova', 'compute'],
    ['volume', 'block-storage'],
    ['volumev3', 'block-storage'],
    ['octavia', 'load-balancer'],
    ['swift', 'object-store'],
  ])('knows %s as %s', (name, service) => expect(readBehaviour({ service: name, loseReply: true }).criteria.service).toBe(service));
});

describe('the draw', () => {
  const seed = fc.integer({ min: 0, max: 0xffff_ffff });
  it('is the same again, and in [0, 1)', () =>
    fc.assert(
      fc.property(seed, fc.nat(10_000), (from, nth) => {
        expect(drawn(from, nth)).toBe(drawn(from, nth));
        expect(drawn(from, nth)).toBeGreaterThanOrEqual(0);
        expect(drawn(from, nth)).toBeLessThan(1);
      }),
    ));
  it('is fair', () => {
    for (const from of [0, 1, 42, 0xffff_ffff]) {
      const below = Array.from({ length: 10_000 }, (_, nth) => drawn(from, nth)).filter((one) => one < 0.3).length;
      expect(below).toBeGreaterThan(2_800);
      expect(below).toBeLessThan(3_200);
    }
  });
});

describe('a rate', () => {
  it('lets a second of requests through at once, and then one for each part of a second', () => {
    const throttle = new Throttle(2, 0);
    expect([0, 0, 0].map((nowMs) => throttle.ask(nowMs))).toEqual([0, 0, 1]);
    expect(throttle.ask(499)).toBe(1);
    expect(throttle.ask(500)).toBe(0);
  });
  it('below one a second says how long to wait', () => {
    const throttle = new Throttle(0.1, 0);
    expect([throttle.ask(0), throttle.ask(0), throttle.ask(5_000), throttle.ask(10_000)]).toEqual([0, 10, 5, 0]);
  });
  it('lets through no more than the rate and the first burst, whenever they come', () =>
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 50, noNaN: true }), fc.array(fc.nat(2_000), { maxLength: 60 }), (perSecond, pauses) => {
        const throttle = new Throttle(perSecond, 0);
        let nowMs = 0;
        let through = 0;
        for (const pause of pauses) {
          nowMs += pause;
          if (throttle.ask(nowMs) === 0) through++;
        }
        expect(through).toBeLessThanOrEqual(Math.max(1, perSecond) + (nowMs / 1000) * perSecond + 1e-6);
      }),
    ));
});

describe('the mini-cloud’s own time', () => {
  it('leaps, and goes on at its pace from where it is', () => {
    const leapt = advanced(REAL_TIME, 60_000, 1_000);
    expect(aheadMsAt(leapt, 5_000)).toBe(60_000);
    const fast = paced(leapt, 10, 5_000);
    expect(aheadMsAt(fast, 5_000)).toBe(60_000);
    expect(aheadMsAt(fast, 6_000)).toBe(69_000);
    expect(aheadMsAt(paced(fast, 1, 6_000), 60_000)).toBe(69_000);
  });
  it('never goes back, whatever is done to it', () => {
    const step = fc.record({
      passesMs: fc.nat(10_000),
      advanceMs: fc.option(fc.nat(100_000)),
      factor: fc.option(fc.integer({ min: 1, max: 1000 })),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let realMs = 1_700_000_000_000;
        let time = REAL_TIME;
        const clock = virtualClock({ now: () => realMs }, () => time);
        let seen = clock.now();
        for (const { passesMs, advanceMs, factor } of steps) {
          realMs += passesMs;
          expect(clock.now()).toBeGreaterThanOrEqual(seen + passesMs);
          seen = clock.now();
          if (advanceMs !== null) time = advanced(time, advanceMs, realMs);
          if (factor !== null) time = paced(time, factor, realMs);
          expect(clock.now()).toBe(seen + (advanceMs ?? 0));
          seen = clock.now();
        }
      }),
    );
  });
});
