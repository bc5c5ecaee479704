/** Signed URLs: they are known again as they were given, and by nothing else. */
import { hmacSha256 } from '@hearth/kernel';
import { expect, test } from 'vitest';
import { base64OfBytes } from './base64.ts';
import { isSigned, placeOf, signedUrl } from './signed-url.ts';

const key = { access: 'a1b2', secret: 'hush' };
const path = `/waitcondition/${encodeURIComponent('arn:openstack:heat::p:stacks/s/1/resources/h')}`;
const url = signedUrl('https://Heat.example:8004/cfn/v1', path, key, 'PUT', Date.UTC(2026, 0, 2, 3, 4, 5));
const place = placeOf(url, 'PUT');
const query = [...new URL(url).searchParams];

test('the form is that of EC2, version 2', () => {
  expect(Object.fromEntries(query)).toEqual({
    SignatureMethod: 'HmacSHA256',
    SignatureVersion: '2',
    AWSAccessKeyId: 'a1b2',
    Timestamp: '2026-01-02T03:04:05Z',
    Signature: expect.any(String),
  });
  const signed =
    'PUT\nheat.example:8004\n/cfn/v1/waitcondition/arn:openstack:heat::p:stacks/s/1/resources/h\n' +
    'AWSAccessKeyId=a1b2&SignatureMethod=HmacSHA256&SignatureVersion=2&Timestamp=2026-01-02T03%3A04%3A05Z';
  expect(query.find(([name]) => name === 'Signature')?.[1]).toBe(base64OfBytes(hmacSha256('hush', signed)));
});

test('as it was given it is ours, whatever the order of the query', () => {
  expect(isSigned(place, query, key)).toBe(true);
  expect(isSigned(place, [...query].reverse(), key)).toBe(true);
});

const changed = (name: string, value: string | null) =>
  query.flatMap(([key, old]) => (key !== name ? [[key, old] as const] : value === null ? [] : [[key, value] as const]));
test.each<[string, readonly (readonly [string, string])[], typeof place, typeof key]>([
  ['another signature', changed('Signature', 'AAAA'), place, key],
  ['no signature', changed('Signature', null), place, key],
  ['another time', changed('Timestamp', '2027-01-02T03:04:05Z'), place, key],
  ['more in the query', [...query, ['More', '1']], place, key],
  ['another method of signing', changed('SignatureMethod', 'HmacSHA1'), place, key],
  ['another version', changed('SignatureVersion', '4'), place, key],
  ['another key', changed('AWSAccessKeyId', 'c3'), place, key],
  ['another secret', query, place, { ...key, secret: 'other' }],
  ['another verb', query, { ...place, verb: 'POST' }, key],
  ['another path', query, { ...place, path: `${place.path}x` }, key],
  ['another host', query, { ...place, host: 'other' }, key],
])('with %s it is not', (_name, given, where, by) => {
  expect(isSigned(where, given, by)).toBe(false);
});
