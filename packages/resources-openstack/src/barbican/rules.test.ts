/** Which combinations the key manager's types refuse, and in which words. What is not known yet (`undefined`) is no mistake. */
import { propertyMessages, type PropertyRows } from '@hearth/resource-kit/testing';
import { describe, expect, it } from 'vitest';
import { barbicanCertificateContainer } from './certificate-container.ts';
import { barbicanGenericContainer } from './generic-container.ts';
import { barbicanOrder } from './order.ts';
import { barbicanRsaContainer } from './rsa-container.ts';
import { barbicanSecret } from './secret.ts';

describe('a secret', () => {
  const rows: PropertyRows = [
    ['nothing at all', {}],
    ['a text', { payload: 'word', payload_content_type: 'text/plain' }],
    ['bytes', { payload: 'aGVhcnRo', payload_content_type: 'application/octet-stream', payload_content_encoding: 'base64' }],
    [
      'bytes with an end that is filled up',
      { payload: 'aGVhcnQ=', payload_content_type: 'application/octet-stream', payload_content_encoding: 'base64' },
    ],
    ['bytes on two lines', { payload: 'aGVh\ncnRo', payload_content_type: 'application/octet-stream', payload_content_encoding: 'base64' }],
    ['a type without data', { payload_content_type: 'text/plain' }, 'payload_content_type cannot be specified without payload.'],
    ['data not known yet', { payload: undefined, payload_content_type: 'text/plain' }],
    [
      'bytes without their notation',
      { payload: 'aGVhcnRo', payload_content_type: 'application/octet-stream' },
      "Property unspecified. For 'application/octet-stream' value of 'payload_content_type' property, 'payload_content_encoding' property must be specified.",
    ],
    [
      'bytes that end too soon',
      { payload: 'aGVhcnR', payload_content_type: 'application/octet-stream', payload_content_encoding: 'base64' },
      "Invalid payload for specified 'base64' value of 'payload_content_encoding' property.",
    ],
    [
      'bytes with other letters',
      { payload: 'aGVhcnRö', payload_content_type: 'application/octet-stream', payload_content_encoding: 'base64' },
      "Invalid payload for specified 'base64' value of 'payload_content_encoding' property.",
    ],
    [
      'a text in the notation of bytes',
      { payload: 'word', payload_content_type: 'text/plain', payload_content_encoding: 'base64' },
      'payload_content_encoding property should only be specified for payload_content_type with value application/octet-stream.',
    ],
    [
      'a notation without a type',
      { payload: 'word', payload_content_encoding: 'base64' },
      'payload_content_encoding property should only be specified for payload_content_type with value application/octet-stream.',
    ],
    ['a notation, and a type not known yet', { payload: 'word', payload_content_type: undefined, payload_content_encoding: 'base64' }],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(barbicanSecret, given)).toEqual(messages));
});

describe('an order', () => {
  const rows: PropertyRows = [
    ['a key', { type: 'key', algorithm: 'aes', bit_length: 256, mode: 'cbc', expiration: '2999-01-01T00:00:00' }],
    ['a pair of keys', { type: 'asymmetric', algorithm: 'rsa', bit_length: 2048, pass_phrase: 'word' }],
    ['a certificate', { type: 'certificate', request_type: 'custom', ca_id: 'ca', profile: 'p' }],
    ['a key of no length', { type: 'key', algorithm: 'aes' }, 'Properties algorithm and bit_length are required for key type of order.'],
    ['a key of a length not known yet', { type: 'key', algorithm: 'aes', bit_length: undefined }],
    ['a profile of nobody', { type: 'certificate', profile: 'p' }, 'profile cannot be specified without ca_id.'],
    [
      'a key with a word',
      { type: 'key', algorithm: 'aes', bit_length: 256, pass_phrase: 'word', ca_id: 'ca' },
      'Unexpected properties: ca_id, pass_phrase. Only these properties are allowed for key type of order: algorithm, bit_length, expiration, mode, name, payload_content_type.',
    ],
    [
      'a pair of keys with a profile',
      { type: 'asymmetric', algorithm: 'rsa', bit_length: 2048, profile: 'p' },
      'Unexpected properties: profile. Only these properties are allowed for asymmetric type of order: algorithm, bit_length, expiration, mode, name, pass_phrase, payload_content_type.',
    ],
    [
      'a certificate with a length',
      { type: 'certificate', bit_length: 2048 },
      'Unexpected properties: bit_length. Only these properties are allowed for certificate type of order: ca_id, name, profile, request_data, request_type, source_container_ref, subject_dn.',
    ],
    ['an order of a type not known yet', { type: undefined, pass_phrase: 'word' }],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(barbicanOrder, given)).toEqual(messages));
});

describe('a container of anything', () => {
  const rows: PropertyRows = [
    ['no secrets', {}],
    [
      'two secrets',
      {
        secrets: [
          { name: 'a', ref: 'r1' },
          { name: 'b', ref: 'r2' },
        ],
      },
    ],
    [
      'one secret twice',
      {
        secrets: [
          { name: 'a', ref: 'r1' },
          { name: 'b', ref: 'r1' },
        ],
      },
      'Duplicate refs are not allowed.',
    ],
    ['secrets not known yet', { secrets: [{ name: 'a', ref: undefined }, { name: 'b', ref: undefined }, undefined] }],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(barbicanGenericContainer, given)).toEqual(messages));
});

describe('a container of a certificate', () => {
  const rows: PropertyRows = [
    ['two secrets', { name: 'r1', certificate_ref: 'r1', private_key_ref: 'r2' }],
    ['one secret twice', { certificate_ref: 'r1', intermediates_ref: 'r1' }, 'Duplicate refs are not allowed.'],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(barbicanCertificateContainer, given)).toEqual(messages));
});

describe('a container of a pair of keys', () => {
  const rows: PropertyRows = [
    ['two secrets', { public_key_ref: 'r1', private_key_ref: 'r2', private_key_passphrase_ref: undefined }],
    ['one secret twice', { public_key_ref: 'r1', private_key_ref: 'r1' }, 'Duplicate refs are not allowed.'],
  ];
  it.each(rows)('%s', (_what, given, ...messages) => expect(propertyMessages(barbicanRsaContainer, given)).toEqual(messages));
});
