/** The identity service's pure decisions, as tables. */
import { expect, test } from 'vitest';
import { afterUse, effectiveRoles, isTokenGood, trustFlaw, type Role } from './machine.ts';
import type { TrustBody, UserBody } from './state.ts';
import { readToken, signToken, type TokenClaims } from './tokens.ts';
import { endpointUrl } from './catalog.ts';

const role = (id: string, ...implies: string[]): [string, Role] => [id, { id, body: { name: id, description: null, implies } }];
const roles = new Map([role('admin', 'member'), role('member', 'reader'), role('reader'), role('a', 'b'), role('b', 'a')]);

test.each([
  [['admin'], ['admin', 'member', 'reader']],
  [
    ['reader', 'member'],
    ['reader', 'member'],
  ],
  [['a'], ['a', 'b']],
  [['gone', 'reader'], ['reader']],
  [[], []],
])('%o comes to %o', (granted, effective) => {
  expect(effectiveRoles(granted, roles).map((one) => one.id)).toEqual(effective);
});

const trust: TrustBody = {
  trustor_user_id: 'u',
  trustee_user_id: 'v',
  project_id: 'p',
  role_ids: ['member'],
  impersonation: true,
  expiresMs: null,
  remaining_uses: null,
};
test.each<[string, Partial<TrustBody>, readonly string[], ReturnType<typeof trustFlaw>]>([
  ['serves', {}, ['member', 'x'], null],
  ['expires at its time', { expiresMs: 100 }, ['member'], 'expired'],
  ['not before', { expiresMs: 101 }, ['member'], null],
  ['is used up', { remaining_uses: 0 }, ['member'], 'used-up'],
  ['the trustor lost a role', {}, ['x'], 'roles-lost'],
])('a trust %s', (_name, change, held, flaw) => {
  expect(trustFlaw({ ...trust, ...change }, held, 100)).toBe(flaw);
});

test('uses count down where they are counted', () => {
  expect(afterUse({ ...trust, remaining_uses: 2 }).remaining_uses).toBe(1);
  expect(afterUse(trust)).toBe(trust);
});

const claims: TokenClaims = { userId: 'u', methods: ['password'], scope: { kind: 'unscoped' }, auditId: 'a', issuedMs: 50, expiresMs: 200 };
const user = { enabled: true, tokensValidFromMs: 0 } as UserBody;
test.each<[string, Partial<UserBody>, number, boolean]>([
  ['good', {}, 100, true],
  ['past its time', {}, 200, false],
  ['of a disabled user', { enabled: false }, 100, false],
  ['from before the password changed', { tokensValidFromMs: 51 }, 100, false],
])('a token %s', (_name, change, nowMs, isGood) => {
  expect(isTokenGood(claims, { ...user, ...change }, nowMs)).toBe(isGood);
});

test('a token is read with the key that signed it, and with no other', () => {
  const key = new Uint8Array(32).fill(1);
  const token = signToken(key, claims);
  expect(readToken(key, token)).toEqual(claims);
  expect(readToken(new Uint8Array(32).fill(2), token)).toBeNull();
  // Not the last character: it carries spare bits, which decoding drops.
  for (let i = 0; i < token.length - 1; i += 7) {
    const changed = token.slice(0, i) + (token[i] === 'A' ? 'B' : 'A') + token.slice(i + 1);
    expect(readToken(key, changed), `at ${i}`).toBeNull();
  }
});

test.each([
  ['$(cloud)s/v3', null, 'http://c/v3'],
  ['$(cloud)s/v1/$(project_id)s', 'p', 'http://c/v1/p'],
  ['http://x/%(tenant_id)s/$(project_id)s', 'p', 'http://x/p/p'],
  ['http://x/%(tenant_id)s', null, null],
])('an endpoint %s for project %s is %s', (template, projectId, url) => {
  expect(endpointUrl(template, 'http://c', projectId)).toBe(url);
});
