/** `OS::Neutron::SecurityGroup`: a group with its rules. A rule for what goes out replaces the two rules that let everything out. */
import type { Cloud } from '@hearth/cloud-openstack';
import { Failure, isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { c, done, p, ResourceFailed, wait, liveName, isSet, nameOr } from '@hearth/resource-kit';
import { openstackType } from '../openstack-type.ts';
import { named } from './common-properties.ts';
import { shownItem } from './live.ts';

export const securityGroup = openstackType({
  name: 'OS::Neutron::SecurityGroup',
  doc: 'A security group: rules for the packets that may reach its ports and leave them.',
  support: { status: 'SUPPORTED', since: '2014.1' },
  service: 'neutron',
  extension: 'security-group',
  properties: {
    ...named,
    rules: p.listOf(
      p.mapOf({
        direction: p.string('Seen from the port.', { default: 'ingress', constraints: [c.oneOf('ingress', 'egress')] }),
        ethertype: p.string('IPv4 or IPv6.', { default: 'IPv4', constraints: [c.oneOf('IPv4', 'IPv6')] }),
        port_range_min: p.integer('First port, or ICMP type.', { constraints: [c.range(0, 65535)] }),
        port_range_max: p.integer('Last port, or ICMP code.', { constraints: [c.range(0, 65535)] }),
        protocol: p.string('The protocol; every one if there is none.'),
        remote_mode: p.string('Whether the other side is a range of addresses or the members of a group.', {
          default: 'remote_ip_prefix',
          constraints: [c.oneOf('remote_ip_prefix', 'remote_group_id')],
        }),
        remote_group_id: p.string('Id of the group whose members are the other side; this group if there is none.', {
          constraints: [c.custom('neutron.security_group')],
        }),
        remote_ip_prefix: p.string("The other side's addresses.", { constraints: [c.custom('net_cidr')] }),
      })(''),
    )('The rules.', { default: [], updatable: true }),
  },
  attributes: {},
  examples: [
    {
      name: 'with rules',
      props: {
        rules: [
          { protocol: 'tcp', port_range_min: 22, port_range_max: 22, remote_ip_prefix: '0.0.0.0/0' },
          { remote_mode: 'remote_group_id' },
          { protocol: 'icmp' },
        ],
      },
      updates: [
        {
          rules: [
            { protocol: 'tcp', port_range_min: 80, port_range_max: 80 },
            { direction: 'egress', protocol: 'udp' },
          ],
        },
        { rules: [] },
        { description: 'changed' },
        { name: 'renamed' },
      ],
    },
    { name: 'named and described', props: { name: 'contract-group', description: 'of the contract' } },
  ],
  validate: ({ name }) => (name === 'default' ? ['Security groups cannot be assigned the name "default".'] : []),
  async find({ cloud, props, physicalName }) {
    const name = nameOr(props.name, physicalName);
    const items = await cloud.neutron.list('security_group', { name });
    const isOurs = (item: JsonObject): boolean => item.name === name && (!isSet(props.name) || item.description === physicalName);
    return items.flatMap((item) => (isOurs(item) && typeof item.id === 'string' ? [item.id] : []));
  },
  async create({ cloud, props, physicalName }) {
    // Where the user chose the name, the description is the mark until the id is on record.
    const description = isSet(props.name) ? physicalName : (props.description ?? '');
    const item = await cloud.neutron.create('security_group', { name: nameOr(props.name, physicalName), description });
    const physicalId = String(item.id);
    // The id is committed first: a process that dies between the rules must know it.
    return props.rules.length > 0 || isMarkTemporary(props) ? wait('created', { physicalId, afterMs: 0 }) : done({ physicalId });
  },
  async checkCreate({ cloud, physicalId, props }) {
    if (isMarkTemporary(props)) await cloud.neutron.update('security_group', physicalId, { description: props.description });
    if (props.rules.length > 0) await setRules(cloud, physicalId, props.rules);
    return done();
  },
  async update({ cloud, physicalId, physicalName, changed }) {
    const { rules, name, description } = changed;
    const body: JsonObject = {
      ...(name !== undefined && { name: nameOr(name, physicalName) }),
      ...(description !== undefined && { description: description ?? '' }),
    };
    if (Object.keys(body).length > 0) await cloud.neutron.update('security_group', physicalId, body);
    if (rules !== undefined) await setRules(cloud, physicalId, rules);
    return done();
  },
  async delete({ cloud, physicalId }) {
    const group = await cloud.neutron.get('security_group', physicalId);
    if (group === null) return done();
    // Groups whose rules speak of each other could not go otherwise.
    for (const rule of rulesIn(group)) await dropRule(cloud, String(rule.id));
    await cloud.neutron.delete('security_group', physicalId);
    return done();
  },
  liveProperties({ observed, props, physicalId, physicalName }) {
    const group = shownItem(observed);
    return {
      name: liveName(group.name, props.name, physicalName),
      // Without one of the user's own it is the mark; and without rules, they are resources of their own.
      ...(isSet(props.description) && { description: group.description ?? '' }),
      ...(props.rules.length > 0 && { rules: liveRules(group, props.rules, physicalId) }),
    };
  },
  async observe({ cloud, physicalId }) {
    const item = await cloud.neutron.get('security_group', physicalId);
    return item === null ? null : { show: item };
  },
});

const isMarkTemporary = ({ name, description }: { readonly name: string | null; readonly description: string | null }): boolean =>
  isSet(name) && isSet(description);

interface Rule {
  readonly direction: string;
  readonly ethertype: string;
  readonly port_range_min: number | null;
  readonly port_range_max: number | null;
  readonly protocol: string | null;
  readonly remote_mode: string;
  readonly remote_group_id: string | null;
  readonly remote_ip_prefix: string | null;
}

/** What Neutron gives every new group. */
const OUT: readonly JsonObject[] = ['IPv4', 'IPv6'].map((ethertype) => ({ direction: 'egress', ethertype }));

function requested(rule: Rule, groupId: string): JsonObject {
  const { remote_mode: mode, remote_group_id: group, remote_ip_prefix: prefix, ...rest } = rule;
  const remote = mode === 'remote_group_id' ? { remote_group_id: isSet(group) ? group : groupId } : { remote_ip_prefix: prefix };
  return Object.fromEntries(Object.entries({ ...rest, ...remote }).filter(([, value]) => isSet(value)));
}

const KEYS = ['direction', 'ethertype', 'protocol', 'port_range_min', 'port_range_max', 'remote_group_id', 'remote_ip_prefix'] as const;
const keyOf = (rule: JsonObject): string =>
  JSON.stringify(KEYS.map((key) => (rule[key] === null || rule[key] === undefined ? '' : String(rule[key]))));
const rulesIn = (group: JsonObject): readonly JsonObject[] =>
  isJsonArray(group.security_group_rules) ? (group.security_group_rules as readonly Json[]).filter(isJsonObject) : [];

/** Everything may leave unless the rules say what may. */
function wantedRules(rules: readonly Rule[], groupId: string): readonly JsonObject[] {
  const own = rules.map((rule) => requested(rule, groupId));
  return own.some((rule) => rule.direction === 'egress') ? own : [...OUT, ...own];
}

/** The rules as wanted, where the same ones are there; else those that are there, in the words of the property. */
function liveRules(group: JsonObject, rules: readonly Rule[], groupId: string): Json {
  const wanted = new Set(wantedRules(rules, groupId).map(keyOf));
  const present = rulesIn(group);
  const keys = new Set(present.map(keyOf));
  if (keys.size === wanted.size && [...wanted].every((key) => keys.has(key))) return rules as unknown as Json;
  const usual = new Set(OUT.map(keyOf));
  return present.filter((rule) => !usual.has(keyOf(rule))).map(toldRule);
}
const toldRule = (rule: JsonObject): JsonObject => ({
  ...Object.fromEntries(KEYS.map((key) => [key, rule[key] ?? null])),
  remote_mode: rule.remote_group_id === null || rule.remote_group_id === undefined ? 'remote_ip_prefix' : 'remote_group_id',
});

/** Takes away what is not wanted and adds what is missing; repeating it changes nothing. */
async function setRules(cloud: Cloud, groupId: string, rules: readonly Rule[]): Promise<void> {
  const group = await cloud.neutron.get('security_group', groupId);
  if (group === null) throw new ResourceFailed('the security group disappeared while its rules were set', 'NotFound');
  const wanted = wantedRules(rules, groupId);
  const wantedKeys = new Set(wanted.map(keyOf));
  const present = new Set<string>();
  for (const rule of rulesIn(group)) {
    if (wantedKeys.has(keyOf(rule))) present.add(keyOf(rule));
    else await dropRule(cloud, String(rule.id));
  }
  for (const rule of wanted) {
    if (present.has(keyOf(rule))) continue;
    present.add(keyOf(rule));
    await addRule(cloud, { ...rule, security_group_id: groupId });
  }
}

/** Two ways of saying the same rule are one rule. */
async function addRule(cloud: Cloud, rule: JsonObject): Promise<void> {
  try {
    await cloud.neutron.create('security_group_rule', rule);
  } catch (error) {
    if (!(error instanceof Failure && error.code === 'conflict')) throw error;
  }
}

async function dropRule(cloud: Cloud, id: string): Promise<void> {
  try {
    await cloud.neutron.delete('security_group_rule', id);
  } catch (error) {
    if (!(error instanceof Failure && error.code === 'not-found')) throw error;
  }
}
