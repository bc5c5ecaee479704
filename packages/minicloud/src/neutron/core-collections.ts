/** Networks, subnets, ports and security groups as tables. */
import type { ServiceContext } from '../service.ts';
import type { Condition } from '../store/conditions.ts';
import type { Document } from '../store/documents.ts';
import { maySee, type Collection } from './collection.ts';
import { groupAttributes, groupView, ruleAttributes, ruleView } from './group-objects.ts';
import { createNetwork, deleteNetwork, networkSharing, subnetMissing, subnetSharing, updateNetwork, visibleNetwork } from './networks.ts';
import {
  collections,
  networkAttributes,
  networkView,
  newPortAttributes,
  portAttributes,
  portView,
  subnetAttributes,
  subnetView,
  type NetworkBody,
  type PortBody,
  type SubnetBody,
} from './objects.ts';
import { createPort, deletePort, networkForPort, ownPort, updatePort } from './ports.ts';
import {
  createGroup,
  createRule,
  deleteGroup,
  ensureDefaultGroup,
  groupQuota,
  groupSharing,
  ownRule,
  refuseSameRules,
  removeRule,
  rulesOf,
  updateGroup,
  visibleGroup,
} from './security-groups.ts';
import { createSubnet, deleteSubnet, updateSubnet } from './subnets.ts';

export const networkCollection: Collection = {
  singular: 'network',
  plural: 'networks',
  path: '/v2.0/networks',
  storage: collections.networks,
  attributes: networkAttributes,
  ...networkSharing,
  computed: ['status'],
  filter: networkFilter,
  read: (store, id, identity) => visibleNetwork(store, id, identity),
  create: (tx, wanted, by) => createNetwork(tx, wanted, by),
  update: updateNetwork,
  remove: (tx, id, by) => deleteNetwork(tx, id, by.identity),
  show: (_store, documents, by) => documents.map((one) => networkView(one as Document<NetworkBody>, by)),
};

export const subnetCollection: Collection = {
  singular: 'subnet',
  plural: 'subnets',
  path: '/v2.0/subnets',
  storage: collections.subnets,
  attributes: subnetAttributes,
  ...subnetSharing,
  filter: (name, values) =>
    name === 'shared' ? { field: 'network_shared', in: values.map((value) => value.toLowerCase()) } : byParent(name, values),
  read: async (store, id, identity) => {
    const subnet = await store.documents.get<SubnetBody>(collections.subnets, id);
    if (subnet === null || !maySee(subnetSharing, subnet, identity)) throw subnetMissing(id);
    return subnet;
  },
  create: createSubnet,
  update: (tx, id, values, by) => updateSubnet(tx, id, values, by.identity, by.nowMs),
  remove: (tx, id, by) => deleteSubnet(tx, id, by.identity, by.nowMs),
  show: (_store, documents) => documents.map((one) => subnetView(one as Document<SubnetBody>)),
};

export const portCollection = ({ random }: ServiceContext): Collection => ({
  singular: 'port',
  plural: 'ports',
  path: '/v2.0/ports',
  storage: collections.ports,
  attributes: portAttributes,
  newAttributes: newPortAttributes,
  computed: ['status'],
  filter: portFilter,
  read: (store, id, identity) => ownPort(store, id, identity),
  create: async (tx, wanted, { identity, ...stamp }) => {
    const network = await networkForPort(tx, wanted.values.network_id as string, identity);
    return createPort(tx, { wanted, network, binding: null, identity }, stamp, random);
  },
  update: (tx, id, values, by) => updatePort(tx, id, values, { ...by, random }),
  remove: (tx, id, by) => deletePort(tx, id, by.identity, by.nowMs),
  show: (_store, documents, by) => documents.map((one) => portView(one as Document<PortBody>, by.identity, by.nowMs)),
});

export const groupCollection = ({ random }: ServiceContext): Collection => ({
  singular: 'security_group',
  plural: 'security_groups',
  path: '/v2.0/security-groups',
  storage: collections.groups,
  attributes: groupAttributes,
  ...groupSharing,
  computed: ['shared'],
  beforeList: async (tx, { identity, nowMs }) => {
    if (identity.projectId !== null) await ensureDefaultGroup(tx, identity.projectId, nowMs, random);
  },
  beforeCreate: groupQuota,
  read: visibleGroup,
  create: (tx, wanted, by) => createGroup(tx, wanted, by, random),
  update: (tx, id, values, by) => updateGroup(tx, id, values, by.identity, by.nowMs),
  remove: (tx, id, by) => deleteGroup(tx, id, by.identity),
  show: async (store, documents, by) => {
    const ids = documents.map((one) => one.id);
    const rules = await rulesOf(store, ids);
    const ofGroup = (id: string): readonly Document[] => rules.filter((rule) => rule.parentId === id);
    return documents.map((group) => groupView(group, ofGroup(group.id), by.identity));
  },
});

export const ruleCollection = ({ random }: ServiceContext): Collection => ({
  singular: 'security_group_rule',
  plural: 'security_group_rules',
  path: '/v2.0/security-group-rules',
  storage: collections.rules,
  attributes: ruleAttributes,
  filter: (name, values) => (name === 'security_group_id' ? { field: 'parent_id', in: values } : undefined),
  beforeList: async (tx, { identity, nowMs }) => {
    if (identity.projectId !== null) await ensureDefaultGroup(tx, identity.projectId, nowMs, random);
  },
  beforeCreate: refuseSameRules,
  read: (store, id, identity) => ownRule(store, id, identity),
  create: createRule,
  remove: removeRule,
  show: (_store, documents) => documents.map((rule) => ruleView(rule)),
});

/** The network's id is the parent, which has an index. */
const byParent = (name: string, values: readonly string[]): Condition | undefined =>
  name === 'network_id' ? { field: 'parent_id', in: values } : undefined;

/** Shared and external may also mean "with the caller". */
function networkFilter(name: string, values: readonly string[], identity: { readonly projectId: string | null }): Condition | undefined {
  const granted = name === 'shared' ? 'shared_with' : name === 'router:external' ? 'external_with' : undefined;
  if (granted === undefined || values.length !== 1 || !/^(true|1|false|0)$/i.test(values[0] ?? '')) return undefined;
  const open: Condition = {
    anyOf: [
      { field: name, in: ['true'] },
      { field: granted, contains: [identity.projectId ?? ''] },
    ],
  };
  return /^(true|1)$/i.test(values[0] ?? '') ? open : { not: open };
}

/** `fixed_ips=ip_address=10.0.0.5`: several of one kind are alternatives, of different kinds must all hold. */
function portFilter(name: string, values: readonly string[]): Condition | undefined {
  if (name === 'security_groups') return { anyOf: values.map((id) => ({ field: name, contains: [id] })) };
  if (name !== 'fixed_ips') return byParent(name, values);
  const alternatives = values.flatMap((value): readonly Condition[] => {
    const [, key, wanted] = /^(ip_address|subnet_id|ip_address_substr)=(.*)$/.exec(value) ?? [];
    if (key === undefined || wanted === undefined) return [];
    if (key === 'ip_address_substr')
      return [{ field: 'fixed_ips', matches: `"ip_address": "[^"]*${wanted.replaceAll(/[^0-9a-f.:]/gi, '').replaceAll('.', '\\.')}` }];
    return [{ field: 'fixed_ips', contains: [{ [key]: wanted }] }];
  });
  const [only] = alternatives;
  // What is no filter of addresses filters nothing.
  if (only === undefined) return { not: { anyOf: [] } };
  return alternatives.length === 1 ? only : { anyOf: alternatives };
}
