/** Rules for bodies, filters and access rules, as tables. */
import { expect, test } from 'vitest';
import { allows } from './access-rules.ts';
import { checkedInput, nameRule, nullable, textRule, type Input } from './input.ts';
import { filterConditions } from './list-filters.ts';
import { readExpiry } from './instants.ts';

const input: Input = {
  required: ['name'],
  rules: {
    name: nameRule(5),
    kind: { type: 'string', oneOf: ['a', 'b'] },
    size: { type: 'integer', atLeast: 0, atMost: 9 },
    on: { type: 'boolean' },
    note: nullable(textRule),
    tags: { type: 'array', max: 2, unique: true, items: { type: 'string', pattern: /^[^,]*$/ } },
    options: { type: 'object', closed: true, fields: { lock: { type: 'boolean' } } },
  },
};

test.each([
  [{}, "'name' is a required property"],
  [[1], "[1] is not of type 'object'"],
  [{ name: 7 }, "Invalid input for field 'name': 7 is not of type 'string'"],
  [{ name: '' }, "Invalid input for field 'name': '' is too short"],
  [{ name: 'abcdef' }, "Invalid input for field 'name': 'abcdef' is too long"],
  [{ name: ' ' }, "Invalid input for field 'name': ' ' does not match '[\\\\S]+'"],
  [{ name: 'x', kind: 'c' }, "Invalid input for field 'kind': 'c' is not one of ['a', 'b']"],
  [{ name: 'x', size: -1 }, "Invalid input for field 'size': -1 is less than the minimum of 0"],
  [{ name: 'x', size: 10 }, "Invalid input for field 'size': 10 is greater than the maximum of 9"],
  [{ name: 'x', size: 1.5 }, "Invalid input for field 'size': 1.5 is not of type 'integer'"],
  [{ name: 'x', on: 'True' }, "Invalid input for field 'on': 'True' is not of type 'boolean'"],
  [{ name: 'x', note: 1 }, "Invalid input for field 'note': 1 is not of type 'string', 'null'"],
  [{ name: 'x', tags: ['a', 'b,c'] }, "Invalid input for field 'tags/1': 'b,c' does not match '^[^,]*$'"],
  [{ name: 'x', tags: ['a', 'a'] }, "Invalid input for field 'tags': ['a', 'a'] has non-unique elements"],
  [{ name: 'x', options: { more: 1 } }, "Invalid input for field 'options': Additional properties are not allowed ('more' was unexpected)"],
  [{ name: 'x', options: { lock: null } }, "Invalid input for field 'options/lock': None is not of type 'boolean'"],
])('%o: %s', (given, message) => {
  expect(() => checkedInput(given, input, true)).toThrow(message);
});

test('what keeps the rules comes back whole; a change needs nothing but something', () => {
  const given = { name: 'x', kind: 'a', size: 0, on: true, note: null, tags: [], options: { lock: false }, mine: 1 };
  expect(checkedInput(given, input, true)).toBe(given);
  expect(checkedInput({ note: 'n' }, input, false)).toEqual({ note: 'n' });
  expect(() => checkedInput({}, input, false)).toThrow('{} does not have enough properties');
  expect(() => checkedInput({ name: 'x', mine: 1 }, { ...input, closed: true }, true)).toThrow("('mine' was unexpected)");
});

test.each([
  ['name=a', [{ field: 'name', in: ['a'] }]],
  ['enabled', [{ field: 'enabled', in: ['true'] }]],
  ['enabled=False', [{ field: 'enabled', in: ['false'] }]],
  ['name__contains=a.b', [{ field: 'name', matches: 'a\\.b' }]],
  ['name__istartswith=x', [{ field: 'name', matches: '(?i)^x' }]],
  ['name__endswith=x', [{ field: 'name', matches: 'x$' }]],
  ['other=1&other__contains=x&limit=3', []],
])('the filter %s', (query, conditions) => {
  expect(filterConditions(new URLSearchParams(query), { name: 'text', enabled: 'boolean' })).toEqual(conditions);
});

test.each([
  ['/v2.1/servers', 'GET', '/v2.1/servers', true],
  ['/v2.1/servers', 'POST', '/v2.1/servers', false],
  ['/v2.1/servers', 'GET', '/v2.1/servers/1', false],
  ['/v2.1/servers/*', 'GET', '/v2.1/servers/1', true],
  ['/v2.1/servers/{id}', 'GET', '/v2.1/servers/1', true],
  ['/v2.1/servers/*', 'GET', '/v2.1/servers/1/action', false],
  ['/v2.1/**', 'GET', '/v2.1/servers/1/action', true],
  ['/**/action', 'GET', '/v2.1/servers/1/action', true],
  ['/**/action', 'GET', '/v2.1/servers/1/other', false],
])('the rule %s: %s %s is let in: %s', (path, method, asked, isIn) => {
  expect(allows({ service: 'compute', method: 'GET', path }, { service: 'compute', method, path: asked })).toBe(isIn);
  expect(allows({ service: 'image', method: 'GET', path }, { service: 'compute', method, path: asked })).toBe(false);
});

const NOW = Date.UTC(2030, 0, 1);
test.each([
  ['2030-01-02', null],
  ['2030-01-02T00:00:00', Date.UTC(2030, 0, 2)],
  ['2030-01-02T00:00:00.000000Z', Date.UTC(2030, 0, 2)],
  ['2030-01-02T02:00:00+02:00', Date.UTC(2030, 0, 2)],
  ['2029-01-02T00:00:00Z', null],
  ['soon', null],
])('the end %s', (text, ms) => {
  if (ms === null) expect(() => readExpiry(text, NOW)).toThrow(/Timestamp not in|must not be before now/);
  else expect(readExpiry(text, NOW)).toBe(ms);
});
