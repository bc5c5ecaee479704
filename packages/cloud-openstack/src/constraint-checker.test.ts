/** Custom constraints that services judge: what is asked, by id or name, and what is said of what is not there. */
import { Failure, Secret, type Json } from '@hearth/kernel';
import { beforeEach, describe, expect, it } from 'vitest';
import { createConstraintChecker } from './constraint-checker.ts';
import { tableCloud, type TableCloud } from './testing/table-session.ts';

const ID = '5f2b3c1e-8d5e-4d0c-9a2f-0d9f3c7b1a11';
const caller = { token: new Secret('caller') };
let cloud: TableCloud;
beforeEach(() => {
  cloud = tableCloud();
});
async function ask(constraint: string, value: Json): Promise<string | null> {
  const checker = createConstraintChecker({ timers: cloud.timers, clouds: cloud.clouds });
  return (await checker.check(caller, [{ constraint, value }]))[0] ?? null;
}
const wrong = (value: string, why: string): string => `Error validating value '${value}': ${why}`;

/** Constraint, value, what is there, what was asked; and a value that is not there, with what is said of it. */
type Case = readonly [constraint: string, value: string, there: readonly [question: string, body: Json], missing: string, said: string];
const refTo = (kind: string): string => `http://cloud:9311/v1/${kind}/${ID}`;
const ids: readonly Case[] = [
  [
    'barbican.secret',
    refTo('secrets'),
    [`key-manager /secrets/${ID}`, { name: 's' }],
    ID.replace('5', '6'),
    'The Secret ($) could not be found.',
  ],
  ['barbican.container', ID, [`key-manager /containers/${ID}`, {}], ID.replace('5', '6'), 'The Container ($) could not be found.'],
  ['blazar.reservation', ID, [`reservation /leases/${ID}`, { lease: {} }], 'x', 'The Lease ($) could not be found.'],
  ['ironic.node', 'rack-1', ['baremetal /nodes/rack-1', {}], 'x', 'The Node ($) could not be found.'],
  ['ironic.portgroup', ID, [`baremetal /portgroups/${ID}`, {}], 'x', 'The PortGroup ($) could not be found.'],
  ['magnum.cluster_template', 'k8s', ['container-infra /clustertemplates/k8s', {}], 'x', 'The ClusterTemplate ($) could not be found.'],
  ['mistral.workflow', 'w f', ['workflow /workflows/w%20f', {}], 'x', 'The Workflow ($) could not be found.'],
  ['monasca.notification', 'n', ['monitoring /notification-methods/n', {}], 'x', 'The Monasca Notification ($) could not be found.'],
  ['nova.host', 'node', ['compute /os-hypervisors/node/search', {}], 'x', "No hypervisor matching '$' could be found. (HTTP 404)"],
  ['sahara.plugin', 'spark', ['data-processing /plugins/spark', {}], 'x', 'The Plugin ($) could not be found.'],
  ['senlin.cluster', 'c', ['clustering /clusters/c', {}], 'x', 'The cluster ($) could not be found.'],
  ['senlin.profile', 'c', ['clustering /profiles/c', {}], 'x', 'The profile ($) could not be found.'],
  ['senlin.policy', 'c', ['clustering /policies/c', {}], 'x', 'The policy ($) could not be found.'],
];

const two = (key: string): Json => ({
  [key]: [
    { id: ID, name: 'one' },
    { id: 'b', name: 'twin' },
    { id: 'c', name: 'twin' },
  ],
});
const lists: readonly (readonly [constraint: string, question: string, key: string, said: string])[] = [
  ['cinder.qos_specs', 'block-storage /qos-specs', 'qos_specs', "No QoSSpecs matching {'name': '$'}. (HTTP 404)"],
  ['designate.zone', 'dns /zones?name=$', 'zones', 'The Designate Zone ($) could not be found.'],
  ['manila.share_network', 'shared-file-system /share-networks', 'share_networks', 'The share network ($) could not be found.'],
  ['manila.share_snapshot', 'shared-file-system /snapshots', 'snapshots', 'The share snapshot ($) could not be found.'],
  ['manila.share_type', 'shared-file-system /types', 'share_types', 'The share type ($) could not be found.'],
  [
    'neutron.flow_classifier',
    'network /sfc/flow_classifiers?name=$',
    'flow_classifiers',
    "Unable to find flow_classifier with name or id '$'",
  ],
  ['neutron.port_pair', 'network /sfc/port_pairs?name=$', 'port_pairs', "Unable to find port_pair with name or id '$'"],
  [
    'neutron.port_pair_group',
    'network /sfc/port_pair_groups?name=$',
    'port_pair_groups',
    "Unable to find port_pair_group with name or id '$'",
  ],
  ['neutron.taas.tap_service', 'network /taas/tap_services?name=$', 'tap_services', "Unable to find tap_service with name or id '$'"],
  ['neutron.taas.tap_flow', 'network /taas/tap_flows?name=$', 'tap_flows', "Unable to find tap_flow with name or id '$'"],
  ['neutron.lbaas.loadbalancer', 'network /lbaas/loadbalancers?name=$', 'loadbalancers', "Unable to find loadbalancer with name or id '$'"],
  ['neutron.lbaas.listener', 'network /lbaas/listeners?name=$', 'listeners', "Unable to find listener with name or id '$'"],
  ['neutron.lbaas.pool', 'network /lbaas/pools?name=$', 'pools', "Unable to find pool with name or id '$'"],
  [
    'neutron.lbaas.provider',
    'network /service-providers?service_type=LOADBALANCERV2',
    'service_providers',
    "Unable to find neutron provider '$', available providers are ['one', 'twin'].",
  ],
  [
    'neutron.lb.provider',
    'network /service-providers?service_type=LOADBALANCER',
    'service_providers',
    "Unable to find neutron provider '$', available providers are ['one', 'twin'].",
  ],
  [
    'octavia.availabilityzone',
    'load-balancer /lbaas/availabilityzones',
    'availability_zones',
    "Unable to find availability zone with name or id '$'",
  ],
  [
    'octavia.availabilityzoneprofile',
    'load-balancer /lbaas/availabilityzoneprofiles',
    'availability_zone_profiles',
    "Unable to find availability zone profile with name or id '$'",
  ],
  ['sahara.cluster', 'data-processing /clusters', 'clusters', 'The clusters ($) could not be found.'],
  ['sahara.cluster_template', 'data-processing /cluster-templates', 'cluster_templates', 'The cluster_templates ($) could not be found.'],
  ['sahara.data_source', 'data-processing /data-sources', 'data_sources', 'The data_sources ($) could not be found.'],
  ['sahara.image', 'data-processing /images', 'images', 'The images ($) could not be found.'],
  ['sahara.job_binary', 'data-processing /job-binaries', 'job_binaries', 'The job_binaries ($) could not be found.'],
  ['sahara.job_type', 'data-processing /job-types', 'job_types', 'The Job Type ($) could not be found.'],
  [
    'senlin.policy_type',
    'clustering /policy-types',
    'policy_types',
    "Unable to find senlin policy type '$', available policy types are ['one', 'twin'].",
  ],
  [
    'senlin.profile_type',
    'clustering /profile-types',
    'profile_types',
    "Unable to find senlin profile type '$', available profile types are ['one', 'twin'].",
  ],
  ['trove.flavor', 'database /flavors', 'flavors', "No Flavor matching {'name': '$'}. (HTTP 404)"],
];
const AMBIGUOUS: Readonly<Record<string, string>> = {
  'designate.zone': 'Multiple matches found for twin, please use ID instead.',
  'manila.share_type': "Ambiguous share type name 'twin'. Found more than one share type for this name in Manila.",
  'neutron.port_pair': "Multiple port_pair matches found for name 'twin', use an ID to be more specific.",
  'sahara.image': 'Multiple physical resources were found with name (twin).',
};

describe('objects by id', () => {
  it.each(ids)('%s', async (constraint, value, [question, body], missing, said) => {
    cloud.answers.set(question, body);
    expect(await ask(constraint, value)).toBeNull();
    expect(cloud.asked).toEqual([question]);
    expect(await ask(constraint, missing)).toBe(wrong(missing, said.replace('$', missing)));
  });
  it.each(['Secret', 'Container'])('%s: what ends with no id is not asked for', async (what) => {
    expect(await ask(`barbican.${what.toLowerCase()}`, 'nosuch')).toBe(`${what} incorrectly specified.`);
    expect(cloud.asked).toEqual([]);
  });
});

describe('objects by name', () => {
  beforeEach(() => {
    cloud.answers.set('network /extensions', { extensions: ['sfc', 'taas', 'lbaasv2'].map((alias) => ({ alias })) });
  });
  it.each(lists)('%s', async (constraint, question, key, said) => {
    const all = two(key) as Readonly<Record<string, readonly Json[]>>;
    const [one = null, ...twins] = all[key] ?? [];
    const asksByName = question.includes('name=$');
    cloud.answers.set(question.replace('$', 'one'), asksByName ? { [key]: [one] } : all);
    cloud.answers.set(question.replace('$', 'twin'), asksByName ? { [key]: twins } : all);
    cloud.answers.set(question.replace('$', 'nosuch'), asksByName ? { [key]: [] } : all);
    expect(await ask(constraint, 'one')).toBeNull();
    expect(cloud.asked).toContain(question.replace('$', 'one'));
    expect(await ask(constraint, 'nosuch')).toBe(wrong('nosuch', said.replace('$', 'nosuch')));
    const ambiguous = AMBIGUOUS[constraint];
    if (ambiguous !== undefined) expect(await ask(constraint, 'twin')).toBe(wrong('twin', ambiguous));
  });
  it('by id, too', async () => {
    cloud.answers.set('shared-file-system /types', two('share_types'));
    expect(await ask('manila.share_type', ID)).toBeNull();
    cloud.answers.set(`dns /zones/${ID}`, { id: ID });
    expect(await ask('designate.zone', ID)).toBeNull();
    cloud.answers.set('database /flavors/7', { flavor: {} });
    expect(await ask('trove.flavor', '7')).toBeNull();
  });
  it('only where the network service has the extension', async () => {
    cloud.answers.set('network /extensions', { extensions: [] });
    for (const [constraint, extension] of [
      ['neutron.port_pair', 'sfc'],
      ['neutron.lbaas.pool', 'lbaasv2'],
      ['neutron.taas.tap_flow', 'taas'],
      ['neutron.qos_policy', 'qos'],
      ['neutron.address_scope', 'address-scope'],
    ] as const) {
      expect(await ask(constraint, 'x')).toBe(wrong('x', `The neutron extension (${extension}) could not be found.`));
    }
    expect(cloud.asked).toEqual(['network /extensions']);
  });
  it('a QoS policy goes by the name that users know', async () => {
    cloud.answers.set('network /extensions', { extensions: [{ alias: 'qos' }] });
    cloud.answers.set('network /qos/policies?name=x', { policies: [] });
    expect(await ask('neutron.qos_policy', 'x')).toBe(wrong('x', "Unable to find policy with name or id 'x'"));
  });
});

describe('answers', () => {
  it('a queue may have any name of a queue', async () => {
    expect(await ask('zaqar.queue', 'q')).toBeNull();
    expect(await ask('zaqar.queue', 'q'.repeat(65))).toBe('Queue name length must be 1-64');
    expect(await ask('zaqar.queue', '')).toBe('Queue name length must be 1-64');
  });
  it('a constraint that nobody knows is never kept', async () =>
    expect(await ask('no.such', 'x')).toBe('"x" does not validate no.such (constraint not found)'));
  it('a service that is not there has nothing', async () => {
    cloud.absent.add('baremetal');
    expect(await ask('ironic.node', 'x')).toBe(wrong('x', "the cloud's catalogue has no baremetal service"));
  });
  it('what a caller may not see is no answer to build on, what cannot be asked is none', async () => {
    cloud.answers.set('block-storage /qos-specs', new Failure('forbidden', 'administrators only (HTTP 403)'));
    expect(await ask('cinder.qos_specs', 'x')).toBe(wrong('x', 'administrators only (HTTP 403)'));
    cloud.answers.set('block-storage /qos-specs', new Failure('unavailable', 'cannot be reached'));
    await expect(ask('cinder.qos_specs', 'x')).rejects.toThrow('cannot be reached');
  });
  it('equal questions are asked once, and a good answer holds for a minute', async () => {
    cloud.answers.set('network /networks?name=private', { networks: [{ id: 'n', name: 'private' }] });
    const checker = createConstraintChecker({ timers: cloud.timers, clouds: cloud.clouds });
    const questions = Array.from({ length: 40 }, () => ({ constraint: 'neutron.network', value: 'private' }));
    expect(await checker.check(caller, questions)).toEqual(questions.map(() => null));
    expect(cloud.asked).toHaveLength(1);
    await cloud.timers.advance(61_000);
    await checker.check(caller, questions);
    expect(cloud.asked).toHaveLength(2);
  });
  it('what is missing is asked again', async () => {
    const checker = createConstraintChecker({ timers: cloud.timers, clouds: cloud.clouds });
    const question = [{ constraint: 'ironic.node', value: 'rack' }];
    expect(await checker.check(caller, question)).toEqual([wrong('rack', 'The Node (rack) could not be found.')]);
    cloud.answers.set('baremetal /nodes/rack', {});
    expect(await checker.check(caller, question)).toEqual([null]);
  });
});

describe('an empty text, which an explicit null becomes', () => {
  it.each<[string, string | null]>([
    ['neutron.port', wrong('', "Unable to find port with name or id ''")],
    ['nova.flavor', wrong('', "No Flavor matching {'name': ''}. (HTTP 404)")],
    ['cinder.volume', wrong('', 'The Volume () could not be found.')],
    ['keystone.project', wrong('', 'The KeystoneProject () could not be found.')],
    ['nova.keypair', null],
    ['neutron.segment', null],
    ['octavia.pool', null],
    ['octavia.flavor', null],
  ])('%s', async (constraint, said) => expect(await ask(constraint, '')).toBe(said));
});
