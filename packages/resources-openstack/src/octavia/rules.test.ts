/** Which combinations of properties the parts of load balancers take, in both of OpenStack's load balancing services. */
import type { ResourceType } from '@hearth/resource-kit';
import { type GivenProperties, propertyMessages } from '@hearth/resource-kit/testing';
import { describe, expect, test } from 'vitest';
import { openstackTypes } from '../index.ts';

const types = new Map(openstackTypes.map((type) => [type.name, type]));

/** Part, properties, message; null: they are taken. `undefined` values are not known yet. */
type Row = readonly [string, GivenProperties, string | null];
const NONE = 'At least one of the following properties must be specified:';
const LISTENER = { protocol: 'HTTP', protocol_port: 80 };
const POOL = { protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN', listener: 'l' };
const RULE = { l7policy: 'p', compare_type: 'EQUAL_TO', value: 'v' };
const pool = (persistence: GivenProperties): GivenProperties => ({ ...POOL, session_persistence: persistence });
const policy = (action: string, more: GivenProperties = {}): GivenProperties => ({ listener: 'l', action, ...more });

const rows: readonly Row[] = [
  ['Listener', { ...LISTENER, loadbalancer: 'b' }, null],
  ['Listener', { ...LISTENER, default_pool: undefined }, null],
  ['Listener', LISTENER, `${NONE} loadbalancer, default_pool.`],
  [
    'Listener',
    { ...LISTENER, loadbalancer: 'b', protocol: 'TERMINATED_HTTPS' },
    'Property default_tls_container_ref required when protocol is TERMINATED_HTTPS.',
  ],
  ['Listener', { ...LISTENER, loadbalancer: 'b', protocol: 'TERMINATED_HTTPS', default_tls_container_ref: 'r' }, null],
  ['Pool', POOL, null],
  ['Pool', { ...POOL, listener: undefined }, null],
  ['Pool', { protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' }, `${NONE} listener, loadbalancer.`],
  ['Pool', pool({ type: 'HTTP_COOKIE', cookie_name: 'c' }), null],
  ['Pool', pool({ type: 'APP_COOKIE', cookie_name: 'c' }), null],
  ['Pool', pool({ type: 'APP_COOKIE', cookie_name: undefined }), null],
  ['Pool', pool({ type: 'APP_COOKIE' }), 'Property cookie_name is required when session_persistence type is set to APP_COOKIE.'],
  [
    'Pool',
    pool({ type: 'APP_COOKIE', cookie_name: '' }),
    'Property cookie_name is required when session_persistence type is set to APP_COOKIE.',
  ],
  [
    'Pool',
    pool({ type: 'SOURCE_IP', cookie_name: 'c' }),
    'Property cookie_name must NOT be specified when session_persistence type is set to SOURCE_IP.',
  ],
  ['L7Policy', policy('REJECT'), null],
  [
    'L7Policy',
    policy('REJECT', { redirect_url: 'u' }),
    'Properties redirect_pool and redirect_url are not required when action type is set to REJECT.',
  ],
  [
    'L7Policy',
    policy('REJECT', { redirect_pool: null }),
    'Properties redirect_pool and redirect_url are not required when action type is set to REJECT.',
  ],
  ['L7Policy', policy('REDIRECT_TO_POOL', { redirect_pool: 'p' }), null],
  ['L7Policy', policy('REDIRECT_TO_POOL', { redirect_pool: undefined }), null],
  ['L7Policy', policy('REDIRECT_TO_POOL'), 'Property redirect_pool is required when action type is set to REDIRECT_TO_POOL.'],
  [
    'L7Policy',
    policy('REDIRECT_TO_POOL', { redirect_pool: 'p', redirect_url: 'u' }),
    'redirect_url property should only be specified for action with value REDIRECT_TO_URL.',
  ],
  ['L7Policy', policy('REDIRECT_TO_URL', { redirect_url: 'u' }), null],
  ['L7Policy', policy('REDIRECT_TO_URL'), 'Property redirect_url is required when action type is set to REDIRECT_TO_URL.'],
  [
    'L7Policy',
    policy('REDIRECT_TO_URL', { redirect_pool: 'p', redirect_url: 'u' }),
    'redirect_pool property should only be specified for action with value REDIRECT_TO_POOL.',
  ],
  ['L7Rule', { ...RULE, type: 'PATH' }, null],
  ['L7Rule', { ...RULE, type: 'HEADER', key: 'k' }, null],
  ['L7Rule', { ...RULE, type: 'COOKIE', key: undefined }, null],
  [
    'L7Rule',
    { ...RULE, type: 'COOKIE' },
    'Property key is missing. This property should be specified for rules of HEADER and COOKIE types.',
  ],
];

describe.each(['OS::Octavia', 'OS::Neutron::LBaaS'])('%s', (service) => {
  test.each(rows)('%s %j', (part, given, message) => {
    const type = types.get(`${service}::${part}`) as ResourceType<never> | undefined;
    if (type === undefined) throw new Error(`no type ${part}`);
    expect(propertyMessages(type, given)).toEqual(message === null ? [] : [message]);
  });
});

test('a quota says something about limits', () => {
  const quota = types.get('OS::Octavia::Quota') as ResourceType<never>;
  expect(propertyMessages(quota, { project: 'p' })).toEqual([`${NONE} healthmonitor, listener, loadbalancer, member, pool.`]);
  expect(propertyMessages(quota, { project: 'p', pool: undefined })).toEqual([]);
  expect(propertyMessages(quota, { project: 'p', pool: 0 })).toEqual([]);
});
