/** Signatures against those that another signer made, and what of a request they cover. */
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { isSignedWith, readSignedRequest, s3SignatureOf, signatureOf, timeFlaw, type SignedRequest } from './ec2-signature.ts';

const NO_BODY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const request = (more: Partial<SignedRequest>): SignedRequest => ({
  signature: '',
  host: 'cfn.example.com:8000',
  verb: 'GET',
  path: '/v1/waitcondition/arn%3Aopenstack',
  params: {},
  headers: {},
  bodyHash: NO_BODY,
  ...more,
});
const authorization =
  'AWS4-HMAC-SHA256 Credential=key/20300101/us-east-1/cloudformation/aws4_request, SignedHeaders=host;x-amz-date, Signature=x';
const signedHeaders = { Authorization: authorization, 'X-Amz-Date': '20300101T000000Z', Host: 'cfn.example.com:8000' };

const made: readonly [string, SignedRequest, string][] = [
  [
    'version 0',
    request({ params: { SignatureVersion: '0', Action: 'ListStacks', Timestamp: '2030-01-01T00:00:00Z' } }),
    'MnoRsOBTH031UvjrAXBMPehcqbY=',
  ],
  ['version 1', request({ params: { SignatureVersion: '1', Action: 'ListStacks', b: 'x y', A: '1' } }), 'XKiI5vU8PmtE0hJmAmLT0Th2weE='],
  [
    'version 2',
    request({ params: { SignatureVersion: '2', SignatureMethod: 'HmacSHA256', AWSAccessKeyId: 'key', 'Sign me': "it's ~!*(ü)/+ " } }),
    'a91Aa0xZBErNd5gJ6OzG1AaFqU4CA9iVGxUuFomm81g=',
  ],
  [
    'version 4 in a header',
    request({ params: { Action: 'List*', b: '(1)' }, headers: signedHeaders }),
    '1d99bf94fa7a38af879067b50557e146e9caefed8a83bd1d62b50812f66134a8',
  ],
  [
    'version 4 with a body, by an early client that leaves out the port',
    request({
      verb: 'POST',
      params: { Action: 'ListStacks' },
      bodyHash: '90fc99735ae5ce16ad146bf0b22cec9a46eb5ebf979f2ef810ff7bc7e6e55644',
      headers: { ...signedHeaders, 'User-Agent': 'Boto/2.9.1' },
    }),
    '0b0de546d946be560f1f1edc23efb71f2b8d585467f186ec448c1a598c39dcf3',
  ],
  [
    'version 4 in the query',
    request({
      params: {
        'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
        'X-Amz-Credential': 'key/20300101/RegionOne/cloudformation/aws4_request',
        'X-Amz-Date': '20300101T000000Z',
        'X-Amz-SignedHeaders': 'host',
      },
      headers: { Host: 'cfn.example.com:8000' },
    }),
    'a8812d6ebe6ec47fcbce99ee9b8bebff1fc6a057ced270c9eb54fdc58317585e',
  ],
];

test.each(made)('%s', (_name, signed, signature) => {
  expect(signatureOf('secret-key', signed)).toBe(signature);
  expect(isSignedWith('secret-key', { ...signed, signature })).toBe(true);
  expect(isSignedWith('another', { ...signed, signature })).toBe(false);
  expect(isSignedWith('secret-key', { ...signed, signature: `${signature}x` })).toBe(false);
});

test('version 2 covers verb, host, path and every parameter; a host that was signed without its port is found', () => {
  const [, signed, signature] = made[2] as (typeof made)[number];
  for (const change of [{ verb: 'POST' }, { host: 'other:8000' }, { path: '/' }, { params: { ...signed.params, more: '1' } }])
    expect(isSignedWith('secret-key', { ...signed, ...change, signature })).toBe(false);
  const bare = signatureOf('secret-key', { ...signed, host: 'cfn.example.com' }) ?? '';
  expect(isSignedWith('secret-key', { ...signed, signature: bare })).toBe(true);
});

test.each([
  ['an unknown version', request({ params: { SignatureVersion: '3' } })],
  ['nothing signed', request({})],
  ['another day than the credential says', request({ headers: { ...signedHeaders, 'X-Amz-Date': '20300102T000000Z' } })],
])('%s has no signature', (_name, signed) => {
  expect(signatureOf('secret-key', signed)).toBeNull();
  expect(isSignedWith('secret-key', signed)).toBe(false);
});

test('S3: the old way, the new way, and no others', () => {
  const token = (text: string): string => Buffer.from(text).toString('base64');
  expect(s3SignatureOf('secret', token('GET\n\n\n\n/bucket'))).toBe(
    createHmac('sha1', 'secret').update('GET\n\n\n\n/bucket').digest('base64'),
  );
  expect(s3SignatureOf('secret', token('AWS4-HMAC-SHA256\n20300101T000000Z\n20300101/us-east-1/s3/aws4_request\nabc'))).toMatch(
    /^[0-9a-f]{64}$/,
  );
  expect(s3SignatureOf('secret', token('AWS4-HMAC-SHA256\n20300101T000000Z\n20300101/us-east-1/ec2/aws4_request\nabc'))).toBeNull();
  expect(s3SignatureOf('secret', token('AWS4-HMAC-SHA256\nshort'))).toBeNull();
});

const NOW = Date.UTC(2030, 0, 1);
test.each([
  ['none', {}, null],
  ['now', { Timestamp: '2030-01-01T00:00:00Z' }, null],
  ['without a zone', { Timestamp: '2030-01-01T00:00:00' }, null],
  ['in short', { 'X-Amz-Date': '20291231T235000Z' }, null],
  ['too long ago', { 'X-Amz-Date': '20291231T234459Z' }, 'expired'],
  ['no time at all', { Timestamp: 'yesterday' }, 'invalid'],
])('the time of a request: %s', (_name, params: Record<string, string>, flaw) => {
  expect(timeFlaw(request({ params }), NOW)).toBe(flaw);
});

test('what a service hands on is read as text, the rest left out', () => {
  expect(readSignedRequest({ signature: 's', host: 1, params: { a: 1, b: null, c: {}, d: 'x' }, headers: [] as never })).toMatchObject({
    signature: 's',
    host: '',
    params: { a: '1', d: 'x' },
    headers: {},
  });
});
