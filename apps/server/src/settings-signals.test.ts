/** Settings of the domain for guests, and of the address at which they reach us. */
import { Secret } from '@hearth/kernel';
import { expect, test } from 'vitest';
import { readSettings, type Variables } from './settings.ts';

const outside = {
  HEARTH_KEYSTONE_AUTH_URL: 'http://controller:5000/v3',
  HEARTH_KEYSTONE_USERNAME: 'heat',
  HEARTH_KEYSTONE_PASSWORD: 'x',
  HEARTH_KEYSTONE_PROJECT_NAME: 'service',
};
const domain = {
  HEARTH_STACK_DOMAIN_ID: 'd1',
  HEARTH_STACK_DOMAIN_ADMIN: 'admin',
  HEARTH_STACK_DOMAIN_ADMIN_PASSWORD: 'hush',
};

test('the domain is named by three settings together, on a real cloud', () => {
  expect(readSettings(outside, {}).stackDomain).toBeNull();
  expect(readSettings({ ...outside, ...domain }, {}).stackDomain).toEqual({ id: 'd1', admin: 'admin', password: new Secret('hush') });
});

test.each([
  ['http://heat.example', 'http://heat.example'],
  ['https://heat.example:8004/orchestration/', 'https://heat.example:8004/orchestration'],
  ['', null],
])('the public address %s is %s', (given, expected) => {
  expect(readSettings({ HEARTH_PUBLIC_URL: given }, {}).publicUrl).toBe(expected);
});

test.each<[string, Variables, RegExp]>([
  ['a part of the domain', { ...outside, ...domain, HEARTH_STACK_DOMAIN_ADMIN: '' }, /HEARTH_STACK_DOMAIN_ADMIN: it is missing/],
  ['a domain beside the mini-cloud', domain, /HEARTH_STACK_DOMAIN_ID: the mini-cloud has a domain of its own/],
  ['an address that is none', { HEARTH_PUBLIC_URL: 'heat.example' }, /HEARTH_PUBLIC_URL: "heat.example" is not an http\(s\) URL/],
])('%s stops the start', (_name, variables, message) => {
  expect(() => readSettings(variables, {})).toThrow(message);
});
