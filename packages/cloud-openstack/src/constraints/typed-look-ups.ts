/** Look-ups through the typed clients: compute, block storage, images, networks, load balancers, identity. */
import type { Cloud } from '../cloud.ts';
import { notFoundText, type NeutronKind } from '../neutron.ts';
import { octaviaNotFoundText, type OctaviaKind } from '../octavia.ts';
import { notThere, type LookUp, type Verdict } from './look-up.ts';

/** Nothing is found by an empty text, which some services would take for a question about everything. */
const found = (what: (cloud: Cloud, value: string) => Promise<unknown>, missing: (value: string) => string): LookUp => {
  return async ({ cloud }, value): Promise<Verdict> => (value === '' || (await what(cloud, value)) === null ? missing(value) : null);
};
/** An empty text, which an explicit null becomes, is fine. */
const orEmpty = (lookUp: LookUp): LookUp => {
  return async (caller, value): Promise<Verdict> => (value === '' ? null : lookUp(caller, value));
};
const named =
  (what: string) =>
  (value: string): string =>
    notThere(what, value);

/** `called`: what messages call it. */
const neutron = (kind: NeutronKind, called: string = kind): LookUp => {
  return found(
    (cloud, value) => cloud.neutron.find(kind, value),
    (value) => notFoundText(called, value),
  );
};
/** Of an extension that a cloud need not have. */
const extended = (alias: string, lookUp: LookUp): LookUp => {
  return async (caller, value) =>
    (await caller.extensions('network')).has(alias) ? lookUp(caller, value) : notThere('neutron extension', alias);
};
const octavia = (kind: OctaviaKind): LookUp => {
  const lookUp = found(
    (cloud, value) => cloud.octavia.find(kind, value),
    (value) => octaviaNotFoundText(kind, value),
  );
  return orEmpty(lookUp);
};
const keystone = (collection: Parameters<Cloud['keystone']['find']>[0], one: string): LookUp =>
  found((cloud, value) => cloud.keystone.find(collection, value), named(`Keystone${one}`));

export const TYPED_LOOK_UPS: Readonly<Record<string, LookUp>> = {
  'nova.flavor': found(
    (cloud, value) => cloud.nova.findFlavor(value),
    (value) => `No Flavor matching {'name': '${value}'}. (HTTP 404)`,
  ),
  'nova.keypair': orEmpty(found((cloud, value) => cloud.nova.findKeypair(value), named('Key'))),
  'nova.server': found(
    async (cloud, value) => (await cloud.nova.getServer(value)) ?? (await cloud.nova.serversNamed(value))[0] ?? null,
    named('Server'),
  ),
  // Kept for templates from the days of nova-network.
  'nova.network': neutron('network'),
  'cinder.volume': found((cloud, value) => cloud.cinder.getVolume(value), named('Volume')),
  'cinder.snapshot': found((cloud, value) => cloud.cinder.getSnapshot(value), named('VolumeSnapshot')),
  'cinder.backup': found((cloud, value) => cloud.cinder.getBackup(value), named('Volume backup')),
  'cinder.vtype': found((cloud, value) => cloud.cinder.findType(value), named('VolumeType')),
  'glance.image': found(
    (cloud, value) => cloud.glance.findImage(value),
    (value) => `No images matching {'name': '${value}'}.`,
  ),
  'neutron.network': neutron('network'),
  'neutron.subnet': neutron('subnet'),
  'neutron.port': neutron('port'),
  'neutron.router': neutron('router'),
  'neutron.security_group': neutron('security_group'),
  'neutron.subnetpool': neutron('subnetpool'),
  'neutron.address_scope': extended('address-scope', neutron('address_scope')),
  'neutron.segment': orEmpty(neutron('segment')),
  'neutron.qos_policy': extended('qos', neutron('qos_policy', 'policy')),
  'octavia.loadbalancer': octavia('loadbalancer'),
  'octavia.listener': octavia('listener'),
  'octavia.pool': octavia('pool'),
  'octavia.l7policy': octavia('l7policy'),
  'octavia.flavor': octavia('flavor'),
  'octavia.flavorprofile': octavia('flavorprofile'),
  'keystone.project': keystone('projects', 'Project'),
  'keystone.user': keystone('users', 'User'),
  'keystone.role': keystone('roles', 'Role'),
  'keystone.domain': keystone('domains', 'Domain'),
  'keystone.group': keystone('groups', 'Group'),
  'keystone.service': keystone('services', 'Service'),
  'keystone.region': keystone('regions', 'Region'),
};
