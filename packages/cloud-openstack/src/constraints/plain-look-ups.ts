/** Look-ups in services that have no client here: one table of where their REST APIs tell an object, and how it is asked for by id or name. */
import { isJsonObject, isUuidLike, type JsonObject } from '@hearth/kernel';
import { nullIfGone } from '../answers.ts';
import type { ServiceType } from '../catalogue.ts';
import { notThere, type LookUp, type Verdict } from './look-up.ts';

interface Row {
  readonly service: ServiceType;
  /** Where one object is, `$` its id; absent: it is looked for in the list only. */
  readonly one?: string;
  /** True: what is not an id need not be asked for there. */
  readonly takesIdsOnly?: boolean;
  /** Where all are, and the key of the list in the answer; absent: `one` takes names, too. */
  readonly all?: { readonly path: string; readonly key: string; readonly query?: Readonly<Record<string, string>> };
  /** The list can be asked for one name. */
  readonly canAskByName?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** An extension of the network service that must be there first. */
  readonly extension?: string;
  /** What the value must look like to be asked for at all: the part of it that is the id, or what is wrong with it. */
  readonly idIn?: (value: string) => { readonly id: string } | { readonly bare: string };
  /** The words for one that is not there. `names`: of those that are. */
  readonly missing: (value: string, names: readonly string[]) => string;
  /** The words for a name that several have. */
  readonly ambiguous?: (value: string) => string;
}

/** Secrets and containers are named by their URLs, which end with an id. */
const reference = (what: string): NonNullable<Row['idIn']> => {
  return (value) => {
    const id = value.replace(/\/+$/, '').split('/').at(-1) as string;
    return isUuidLike(id) ? { id } : { bare: `${what} incorrectly specified.` };
  };
};
const named = (what: string): Row['missing'] => {
  return (value) => notThere(what, value);
};
const quoted = (names: readonly string[]): string => `[${names.map((name) => `'${name}'`).join(', ')}]`;

/** Versions of the APIs that know what is asked for. */
const BAREMETAL_VERSION = { 'x-openstack-ironic-api-version': '1.26' };
const SHARE_VERSION = { 'x-openstack-manila-api-version': '2.13' };

const share = (what: string, path: string, key: string): Row => ({
  service: 'shared-file-system',
  all: { path, key },
  headers: SHARE_VERSION,
  missing: named(what),
  ambiguous: (value) => `Ambiguous ${what} name '${value}'. Found more than one ${what} for this name in Manila.`,
});
const network = (what: string, path: string, extension: string): Row => ({
  service: 'network',
  one: `${path}/$`,
  takesIdsOnly: true,
  all: { path, key: path.split('/').at(-1) as string },
  canAskByName: true,
  extension,
  missing: (value) => `Unable to find ${what} with name or id '${value}'`,
  ambiguous: (value) => `Multiple ${what} matches found for name '${value}', use an ID to be more specific.`,
});
const networkProvider = (serviceType: string): Row => ({
  service: 'network',
  all: { path: '/service-providers', key: 'service_providers', query: { service_type: serviceType } },
  missing: (value, names) => `Unable to find neutron provider '${value}', available providers are ${quoted(names)}.`,
});
const dataProcessing = (name: string): Row => ({
  service: 'data-processing',
  one: `/${name.replaceAll('_', '-')}/$`,
  takesIdsOnly: true,
  all: { path: `/${name.replaceAll('_', '-')}`, key: name },
  missing: named(name),
  ambiguous: (value) => `Multiple physical resources were found with name (${value}).`,
});
const clusteringType = (what: string): Row => ({
  service: 'clustering',
  all: { path: `/${what}-types`, key: `${what}_types` },
  missing: (value, names) => `Unable to find senlin ${what} type '${value}', available ${what} types are ${quoted(names)}.`,
});
const clustering = (collection: string, what: string): Row => ({ service: 'clustering', one: `/${collection}/$`, missing: named(what) });

const ROWS: Readonly<Record<string, Row>> = {
  'barbican.secret': { service: 'key-manager', one: '/secrets/$', idIn: reference('Secret'), missing: named('Secret') },
  'barbican.container': { service: 'key-manager', one: '/containers/$', idIn: reference('Container'), missing: named('Container') },
  'blazar.reservation': { service: 'reservation', one: '/leases/$', missing: named('Lease') },
  'cinder.qos_specs': {
    service: 'block-storage',
    one: '/qos-specs/$',
    takesIdsOnly: true,
    all: { path: '/qos-specs', key: 'qos_specs' },
    missing: (value) => `No QoSSpecs matching {'name': '${value}'}. (HTTP 404)`,
  },
  'designate.zone': {
    service: 'dns',
    one: '/zones/$',
    takesIdsOnly: true,
    all: { path: '/zones', key: 'zones' },
    canAskByName: true,
    missing: named('Designate Zone'),
    ambiguous: (value) => `Multiple matches found for ${value}, please use ID instead.`,
  },
  'ironic.node': { service: 'baremetal', one: '/nodes/$', headers: BAREMETAL_VERSION, missing: named('Node') },
  'ironic.portgroup': { service: 'baremetal', one: '/portgroups/$', headers: BAREMETAL_VERSION, missing: named('PortGroup') },
  'magnum.cluster_template': { service: 'container-infra', one: '/clustertemplates/$', missing: named('ClusterTemplate') },
  'manila.share_network': share('share network', '/share-networks', 'share_networks'),
  'manila.share_snapshot': share('share snapshot', '/snapshots', 'snapshots'),
  'manila.share_type': share('share type', '/types', 'share_types'),
  'mistral.workflow': { service: 'workflow', one: '/workflows/$', missing: named('Workflow') },
  'monasca.notification': { service: 'monitoring', one: '/notification-methods/$', missing: named('Monasca Notification') },
  'neutron.flow_classifier': network('flow_classifier', '/sfc/flow_classifiers', 'sfc'),
  'neutron.port_pair': network('port_pair', '/sfc/port_pairs', 'sfc'),
  'neutron.port_pair_group': network('port_pair_group', '/sfc/port_pair_groups', 'sfc'),
  'neutron.taas.tap_service': network('tap_service', '/taas/tap_services', 'taas'),
  'neutron.taas.tap_flow': network('tap_flow', '/taas/tap_flows', 'taas'),
  'neutron.lbaas.loadbalancer': network('loadbalancer', '/lbaas/loadbalancers', 'lbaasv2'),
  'neutron.lbaas.listener': network('listener', '/lbaas/listeners', 'lbaasv2'),
  'neutron.lbaas.pool': network('pool', '/lbaas/pools', 'lbaasv2'),
  'neutron.lbaas.provider': networkProvider('LOADBALANCERV2'),
  'neutron.lb.provider': networkProvider('LOADBALANCER'),
  // The name of a hypervisor, or a part of it.
  'nova.host': {
    service: 'compute',
    one: '/os-hypervisors/$/search',
    missing: (value) => `No hypervisor matching '${value}' could be found. (HTTP 404)`,
  },
  'octavia.availabilityzone': loadBalancing('availability zone', '/lbaas/availabilityzones', 'availability_zones'),
  'octavia.availabilityzoneprofile': loadBalancing(
    'availability zone profile',
    '/lbaas/availabilityzoneprofiles',
    'availability_zone_profiles',
  ),
  'sahara.cluster': dataProcessing('clusters'),
  'sahara.cluster_template': dataProcessing('cluster_templates'),
  'sahara.data_source': dataProcessing('data_sources'),
  'sahara.image': dataProcessing('images'),
  'sahara.job_binary': dataProcessing('job_binaries'),
  'sahara.job_type': { service: 'data-processing', all: { path: '/job-types', key: 'job_types' }, missing: named('Job Type') },
  'sahara.plugin': { service: 'data-processing', one: '/plugins/$', missing: named('Plugin') },
  'senlin.cluster': clustering('clusters', 'cluster'),
  'senlin.policy': clustering('policies', 'policy'),
  'senlin.profile': clustering('profiles', 'profile'),
  'senlin.policy_type': clusteringType('policy'),
  'senlin.profile_type': clusteringType('profile'),
  'trove.flavor': {
    service: 'database',
    one: '/flavors/$',
    all: { path: '/flavors', key: 'flavors' },
    missing: (value) => `No Flavor matching {'name': '${value}'}. (HTTP 404)`,
  },
};

function loadBalancing(what: string, path: string, key: string): Row {
  return {
    service: 'load-balancer',
    all: { path, key },
    missing: (value) => `Unable to find ${what} with name or id '${value}'`,
  };
}

const MAX_QUEUE_NAME = 64;
/** A queue is made when it is first used, so that any name will do. */
const queueName: LookUp = async (_caller, value) =>
  value.length > 0 && value.length <= MAX_QUEUE_NAME ? null : { bare: `Queue name length must be 1-${MAX_QUEUE_NAME}` };

export const PLAIN_LOOK_UPS: Readonly<Record<string, LookUp>> = {
  ...Object.fromEntries(Object.entries(ROWS).map(([name, row]) => [name, lookUpOf(row)])),
  'zaqar.queue': queueName,
};

function lookUpOf(row: Row): LookUp {
  return async (caller, value): Promise<Verdict> => {
    if (row.extension !== undefined && !(await caller.extensions('network')).has(row.extension))
      return notThere('neutron extension', row.extension);
    const asked = row.idIn?.(value) ?? { id: value };
    if ('bare' in asked) return asked;
    const { session } = caller.cloud;
    const { service, headers = {} } = row;
    if (row.one !== undefined && asked.id !== '' && (row.takesIdsOnly !== true || isUuidLike(asked.id))) {
      const path = row.one.replace('$', encodeURIComponent(asked.id));
      if ((await nullIfGone(() => session.request({ service, method: 'GET', path, headers }))) !== null) return null;
    }
    if (row.all === undefined) return row.missing(value, []);
    const { path, key } = row.all;
    const query = { ...row.all.query, ...(row.canAskByName === true && { name: value }) };
    return listVerdict(row, value, await session.list({ service, path, headers, query }, key));
  };
}

function listVerdict(row: Row, value: string, listed: readonly JsonObject[]): Verdict {
  const items = listed.filter(isJsonObject);
  if (items.some(({ id, uuid }) => String(id ?? uuid ?? '') === value && value !== '')) return null;
  const alike = items.filter(({ name }) => name === value);
  if (alike.length > 1 && row.ambiguous !== undefined) return row.ambiguous(value);
  const names = [...new Set(items.map(({ name }) => String(name)))];
  return alike.length > 0 ? null : row.missing(value, names);
}
