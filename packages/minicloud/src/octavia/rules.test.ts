/** What the load balancer service refuses, by name: listeners, pools, monitors, policies, rules; and the order of policies. Pure. */
import type { JsonObject } from '@hearth/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readChange, readNew } from './attributes.ts';
import { kinds } from './kinds.ts';
import { consistentPolicy, ordered, refuseRule } from './l7-rules.ts';
import { refuseMismatch, refuseNewListener, refuseTakenPort } from './listener-rules.ts';
import { newMonitor, refusePersistence } from './pool-rules.ts';
import type { Part } from './state.ts';

const listener = (fields: JsonObject): JsonObject =>
  readNew(kinds.listener.attributes, 'listener_.listener', {
    loadbalancer_id: '12345678-1234-1234-1234-123456789012',
    protocol: 'HTTP',
    protocol_port: 80,
    ...fields,
  });

test.each<[string, JsonObject, RegExp | null]>([
  ['a plain one', {}, null],
  ['with headers', { insert_headers: { 'X-Forwarded-For': 'true' } }, null],
  ['an unknown protocol', { protocol: 'ZZ' }, /attribute protocol\. Value: 'ZZ'\. Value should be one of/],
  ['a port that is none', { protocol_port: 0 }, /Value should be greater or equal to 1$/],
  ['a port that is too high', { protocol_port: 65_536 }, /Value should be lower or equal to 65535$/],
  ['no number', { protocol_port: 'zz' }, /attribute listener_\. Value: '\{'listener': \{.*invalid literal for int\(\) with base 10: 'zz'$/],
  ['an unknown field', { spout: 1 }, /^Unknown attribute for argument listener_\.listener: spout$/],
  ['a name every object has', { constructor: 1 }, /^Unknown attribute/],
  [
    'headers over TCP',
    { protocol: 'TCP', insert_headers: { 'X-Forwarded-For': 'true' } },
    /^insert-headers is not a valid option for a TCP/,
  ],
  ['an unknown header', { insert_headers: { zz: 'true' } }, /^dict_keys\(\['zz'\]\) is not a valid option for insert_headers$/],
  ['headers of certificates', { insert_headers: { 'X-SSL-Issuer': 'true' } }, /^\['X-SSL-Issuer'\] is not a valid option for HTTP/],
  ['TLS without a certificate', { protocol: 'TERMINATED_HTTPS' }, /must be provided for TERMINATED_HTTPS protocol listeners\.$/],
  [
    'a certificate without TLS',
    { default_tls_container_ref: 'x' },
    /^Validation failure: Certificate container references are not allowed/,
  ],
  ['clients without an authority', { client_authentication: 'MANDATORY' }, /requires a client CA container reference\.$/],
])('a listener: %s', (_name, fields, message) => {
  const read = (): void => refuseNewListener(listener(fields));
  if (message === null) expect(read).not.toThrow();
  else expect(read).toThrow(message);
});

test.each([
  ['HTTP', 'HTTP', true],
  ['HTTP', 'TCP', false],
  ['TCP', 'HTTPS', true],
  ['UDP', 'UDP', true],
  ['UDP', 'TCP', false],
  ['PROMETHEUS', 'HTTP', false],
])('a %s listener and a %s pool', (one, other, isFine) => {
  const check = (): void => refuseMismatch(one, other);
  if (isFine) expect(check).not.toThrow();
  else expect(check).toThrow(`The pool protocol '${other}' is invalid while the listener protocol is '${one}'.`);
});

test('ports are shared by different transports only', () => {
  const taken = [{ body: { protocol: 'HTTP', protocol_port: 80 } }] as unknown as Part[];
  expect(() => refuseTakenPort({ protocol: 'TCP', protocol_port: 80 }, taken)).toThrow(/already using protocol HTTP and protocol_port 80$/);
  expect(() => refuseTakenPort({ protocol: 'UDP', protocol_port: 80 }, taken)).not.toThrow();
});

test.each<[string, JsonObject, string | null]>([
  ['HTTP', { type: 'APP_COOKIE', cookie_name: 'c' }, null],
  ['HTTP', { type: 'APP_COOKIE', cookie_name: null }, 'must be specified'],
  ['HTTP', { type: 'APP_COOKIE', cookie_name: 'a b' }, 'is invalid'],
  ['HTTP', { type: 'SOURCE_IP', cookie_name: 'c' }, 'can only be specified'],
  ['HTTP', { type: 'SOURCE_IP', persistence_timeout: 5 }, 'is only for UDP and SCTP'],
  ['UDP', { type: 'SOURCE_IP', persistence_timeout: 5 }, null],
  ['UDP', { type: 'HTTP_COOKIE' }, 'is not supported for UDP/SCTP'],
])('sessions of a %s pool: %o', (protocol, persistence, message) => {
  const check = (): void => refusePersistence(protocol, persistence);
  if (message === null) expect(check).not.toThrow();
  else expect(check).toThrow(message);
});

test.each<[string, JsonObject, string, JsonObject | string]>([
  ['has defaults of the web', { type: 'HTTP' }, 'HTTP', { type: 'HTTP', http_method: 'GET', url_path: '/', expected_codes: '200' }],
  [
    'keeps what was said',
    { type: 'HTTP', url_path: '/x' },
    'TCP',
    { type: 'HTTP', http_method: 'GET', url_path: '/x', expected_codes: '200' },
  ],
  ['of TCP has none', { type: 'TCP' }, 'TCP', { type: 'TCP' }],
  ['of TCP takes no path', { type: 'TCP', url_path: '/' }, 'TCP', 'url_path is not a valid option for health monitors of type TCP'],
  ['of datagrams on a stream', { type: 'UDP-CONNECT' }, 'TCP', 'The UDP-CONNECT type is only supported for pools of type UDP/SCTP.'],
  ['of a ping on datagrams', { type: 'PING' }, 'UDP', 'so only a UDP-CONNECT/SCTP/TCP/HTTP health monitor is supported.'],
  ['with a domain alone', { type: 'HTTP', domain_name: 'a.b' }, 'HTTP', "'http_version' must be specified"],
  ['with a domain of old', { type: 'HTTP', domain_name: 'a.b', http_version: 1 }, 'HTTP', 'http_version 1.0 is not a valid option'],
])('a monitor %s', (_name, values, protocol, outcome) => {
  if (typeof outcome === 'string') expect(() => newMonitor(values, protocol)).toThrow(outcome);
  else expect(newMonitor(values, protocol)).toEqual(outcome);
});

test.each<[JsonObject, JsonObject | string]>([
  [{ action: 'REJECT' }, { action: 'REJECT', redirect_url: null, redirect_pool_id: null }],
  [{ action: 'REDIRECT_TO_URL' }, 'redirect_url must not be None'],
  [{ action: 'REDIRECT_TO_POOL' }, 'redirect_pool_id or redirect_pool must not be None'],
  [{ action: 'REDIRECT_PREFIX' }, 'redirect_prefix must not be None'],
  [{ redirect_url: 'http://a' }, { action: 'REDIRECT_TO_URL', redirect_http_code: 302 }],
  [{ redirect_url: 'http://a', redirect_http_code: 301 }, { redirect_http_code: 301 }],
  [{ redirect_pool_id: 'p' }, { action: 'REDIRECT_TO_POOL', redirect_url: null }],
  [{ redirect_pool_id: 'p', redirect_url: 'http://a' }, 'at the same time'],
  [{}, 'Invalid update options'],
])('a policy %o', (given, outcome) => {
  if (typeof outcome === 'string') expect(() => consistentPolicy(given)).toThrow(outcome);
  else expect(consistentPolicy(given)).toMatchObject(outcome);
});

test.each<[JsonObject, string | null]>([
  [{ type: 'PATH', compare_type: 'STARTS_WITH', value: '/a' }, null],
  [{ type: 'PATH', compare_type: 'STARTS_WITH', value: '' }, 'requires a value'],
  [{ type: 'PATH', compare_type: 'STARTS_WITH', value: 'a b' }, 'Invalid characters in comparison value'],
  [{ type: 'HEADER', compare_type: 'EQUAL_TO', value: 'a' }, 'requires a key'],
  [{ type: 'HEADER', compare_type: 'EQUAL_TO', key: 'a b', value: 'a' }, 'Invalid characters in key'],
  [{ type: 'HEADER', compare_type: 'EQUAL_TO', key: 'a', value: '"a b"' }, null],
  [{ type: 'COOKIE', compare_type: 'EQUAL_TO', key: 'a', value: 'a;b' }, 'Invalid characters in cookie value'],
  [{ type: 'FILE_TYPE', compare_type: 'STARTS_WITH', value: 'a' }, 'invalid comparison type for rule type'],
  [{ type: 'SSL_CONN_HAS_CERT', compare_type: 'EQUAL_TO', value: 'True' }, null],
  [{ type: 'SSL_CONN_HAS_CERT', compare_type: 'EQUAL_TO', value: 'no' }, 'is not a boolean True string'],
  [{ type: 'SSL_VERIFY_RESULT', compare_type: 'REGEX', value: '1' }, 'only supports the EQUAL_TO compare type'],
  [{ type: 'SSL_DN_FIELD', compare_type: 'EQUAL_TO', key: '1', value: 'a' }, 'Invalid L7rule distinguished name field'],
])('a rule %o', (rule, message) => {
  if (message === null) expect(() => refuseRule(rule)).not.toThrow();
  else expect(() => refuseRule(rule)).toThrow(message);
});

test('an order keeps everything once, the moved one where it was asked for, and the others as they were', () => {
  const lists = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(lists, fc.nat(), fc.integer({ min: 1, max: 30 }), (ids, pick, position) => {
      const moved = ids[pick % ids.length] as string;
      const order = ordered(ids, moved, position);
      expect(order.indexOf(moved)).toBe(Math.min(position, ids.length) - 1);
      expect(order.filter((id) => id !== moved)).toEqual(ids.filter((id) => id !== moved));
    }),
  );
});

test('a change holds what was sent, with defaults for what was taken away', () => {
  const change = (sent: JsonObject): JsonObject => readChange(kinds.listener.attributes, 'listener_.listener', sent);
  expect(change({ name: null, connection_limit: null, admin_state_up: null, allowed_cidrs: null })).toEqual({
    ...{ name: '', connection_limit: -1, admin_state_up: false, allowed_cidrs: null },
  });
  expect(change({ allowed_cidrs: ['10.0.0.9/8'] })).toEqual({ allowed_cidrs: ['10.0.0.0/8'] });
  expect(() => change({ protocol: 'TCP' })).toThrow('Unknown attribute for argument listener_.listener: protocol');
});
