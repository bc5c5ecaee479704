/** Security groups and their rules; every project has a default group, made when it is first needed. */
import { Refusal, type JsonObject, type Random } from '@hearth/kernel';
import type { Identity } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import { formatCidr, parseCidr, parseIp } from './addresses.ts';
import { badRequest, type Wanted } from './attributes.ts';
import { isOwner, type Stamp } from './networks.ts';
import { collections } from './objects.ts';

const DEFAULT_SPACE = 'neutron.default_security_group';

export const groupMissing = (id: string): Refusal =>
  new Refusal('not-found', 'SecurityGroupNotFound', `Security group ${id} does not exist`);
const ruleMissing = (id: string): Refusal =>
  new Refusal('not-found', 'SecurityGroupRuleNotFound', `Security group rule ${id} does not exist`);

const emptyRule: JsonObject = {
  protocol: null,
  port_range_min: null,
  port_range_max: null,
  remote_ip_prefix: null,
  remote_group_id: null,
  remote_address_group_id: null,
  description: null,
};

/** The id of the project's default group. Safe with any number of callers at once. */
export async function ensureDefaultGroup(tx: CloudStore, projectId: string, nowMs: number, random: Random): Promise<string> {
  const there = await tx.claims.holder(DEFAULT_SPACE, projectId);
  if (there !== null) return there;
  const id = random.uuid();
  if (!(await tx.claims.take(DEFAULT_SPACE, projectId, id))) return (await tx.claims.holder(DEFAULT_SPACE, projectId)) ?? id;
  const wanted: Wanted = { projectId, values: { name: 'default', description: 'Default security group', stateful: true } };
  await createGroup(tx, wanted, { id, nowMs }, random);
  for (const ethertype of ['IPv4', 'IPv6']) {
    await insertRule(
      tx,
      { id, projectId },
      { ...emptyRule, ethertype, direction: 'ingress', remote_group_id: id },
      { id: random.uuid(), nowMs },
    );
  }
  return id;
}

/** A new group lets everything out and nothing in. */
export async function createGroup(tx: CloudStore, wanted: Wanted, stamp: Stamp, random: Random): Promise<Document> {
  const { name, ...rest } = wanted.values;
  if (name === 'default' && (await tx.claims.holder(DEFAULT_SPACE, wanted.projectId)) !== stamp.id) {
    throw new Refusal('conflict', 'SecurityGroupDefaultAlreadyExists', 'Default security group already exists.');
  }
  const draft = { id: stamp.id, projectId: wanted.projectId, name: name as string, body: { ...rest, tags: [] } };
  const made = await tx.documents.insert(collections.groups, draft, stamp.nowMs);
  if (made === null) throw new Refusal('conflict', 'SecurityGroupInUse', `Security Group ${stamp.id} exists already.`);
  for (const ethertype of ['IPv4', 'IPv6']) {
    const owner = { id: stamp.id, projectId: wanted.projectId };
    await insertRule(tx, owner, { ...emptyRule, ethertype, direction: 'egress' }, { id: random.uuid(), nowMs: stamp.nowMs });
  }
  return made;
}

async function insertRule(
  tx: CloudStore,
  group: { id: string; projectId: string | null },
  body: JsonObject,
  stamp: Stamp,
): Promise<Document> {
  const made = await tx.documents.insert(
    collections.rules,
    { id: stamp.id, projectId: group.projectId, parentId: group.id, body: { ...body, security_group_id: group.id } },
    stamp.nowMs,
  );
  if (made === null)
    throw new Refusal('conflict', 'SecurityGroupRuleExists', `Security group rule already exists. Rule id is ${stamp.id}.`);
  return made;
}

export const rulesOf = (tx: CloudStore, groupIds: readonly string[]): Promise<readonly Document[]> =>
  groupIds.length === 0 ? Promise.resolve([]) : tx.documents.list(collections.rules, { where: [{ field: 'parent_id', in: groupIds }] });

export async function ownGroup(tx: CloudStore, id: string, identity: Identity, lock: boolean | 'share' = false): Promise<Document> {
  const group = await tx.documents.get(collections.groups, id, { lock });
  if (group === null || !isOwner(group, identity)) throw groupMissing(id);
  return group;
}

export async function updateGroup(tx: CloudStore, id: string, values: JsonObject, identity: Identity, nowMs: number): Promise<Document> {
  const group = await ownGroup(tx, id, identity, true);
  if (group.name === 'default' && values.name !== undefined && values.name !== 'default') {
    throw new Refusal('conflict', 'SecurityGroupCannotUpdateDefault', 'Updating default security group not allowed.');
  }
  const { name, ...rest } = values;
  const done = await tx.documents.replace(
    collections.groups,
    { id, body: { ...group.body, ...rest }, ...(name === undefined ? {} : { name: name as string }) },
    nowMs,
  );
  if (done === null) throw groupMissing(id);
  return done;
}

export async function deleteGroup(tx: CloudStore, id: string, identity: Identity): Promise<void> {
  const group = await ownGroup(tx, id, identity, true);
  if (group.name === 'default')
    throw new Refusal('conflict', 'SecurityGroupCannotRemoveDefault', 'Insufficient rights for removing default security group.');
  const where = [
    { field: 'project_id', in: [group.projectId ?? ''] },
    { field: 'security_groups', contains: [id] },
  ];
  const users = await tx.documents.list(collections.ports, { where, limit: 1 });
  if (users.length > 0) throw new Refusal('conflict', 'SecurityGroupInUse', `Security Group ${id} in use.`);
  await tx.documents.removeWhere(collections.rules, [{ field: 'parent_id', in: [id] }]);
  await tx.documents.remove(collections.groups, id);
}

const PORT_PROTOCOLS = new Set(['tcp', 'udp', 'dccp', 'sctp', 'udplite', '6', '17', '33', '132', '136']);

export async function createRule(tx: CloudStore, wanted: Wanted, identity: Identity, stamp: Stamp): Promise<Document> {
  const { security_group_id: groupId, ...values } = wanted.values;
  const group = await ownGroup(tx, groupId as string, identity, 'share');
  const body = { ...emptyRule, ...values, ...checkedPrefix(values) };
  refuseOddPorts(values);
  if (typeof values.remote_group_id === 'string') await ownGroup(tx, values.remote_group_id, identity);
  const same = (await rulesOf(tx, [group.id])).find((rule) =>
    ['direction', 'ethertype', 'protocol', 'port_range_min', 'port_range_max', 'remote_ip_prefix', 'remote_group_id'].every(
      (name) => (rule.body[name] ?? null) === ((body as JsonObject)[name] ?? null),
    ),
  );
  if (same !== undefined)
    throw new Refusal('conflict', 'SecurityGroupRuleExists', `Security group rule already exists. Rule id is ${same.id}.`);
  return insertRule(tx, group, body, stamp);
}

function checkedPrefix(values: JsonObject): JsonObject {
  const prefix = values.remote_ip_prefix;
  if (typeof prefix !== 'string') return {};
  if (values.remote_group_id !== null && values.remote_group_id !== undefined) {
    throw badRequest('Only remote_ip_prefix or remote_group_id may be provided.');
  }
  const ip = parseIp(prefix);
  const cidr = parseCidr(ip === null ? prefix : `${prefix}/${ip.version === 4 ? 32 : 128}`);
  if (cidr === null) throw new Refusal('invalid', 'InvalidCIDR', `Invalid CIDR ${prefix} given as IP prefix.`);
  if ((cidr.version === 4) !== (values.ethertype === 'IPv4')) {
    throw new Refusal(
      'invalid',
      'SecurityGroupRuleParameterConflict',
      `Conflicting value ethertype ${String(values.ethertype)} for CIDR ${prefix}`,
    );
  }
  return { remote_ip_prefix: prefix, normalized_cidr: formatCidr(cidr) };
}

function refuseOddPorts(values: JsonObject): void {
  const { port_range_min: min, port_range_max: max, protocol } = values;
  if (typeof min !== 'number' && typeof max !== 'number') return;
  if (typeof protocol !== 'string') {
    throw new Refusal('invalid', 'SecurityGroupProtocolRequiredWithPorts', 'Must also specify protocol if port range is given.');
  }
  if (PORT_PROTOCOLS.has(protocol.toLowerCase()) && (typeof min !== 'number' || typeof max !== 'number' || min > max)) {
    throw new Refusal('invalid', 'SecurityGroupInvalidPortRange', 'For TCP/UDP protocols, port_range_min must be <= port_range_max');
  }
}

export async function ownRule(tx: CloudStore, id: string, identity: Identity): Promise<Document> {
  const rule = await tx.documents.get(collections.rules, id);
  if (rule === null || !isOwner(rule, identity)) throw ruleMissing(id);
  return rule;
}

/** Ids of the groups a server's user names (by id or name); none named: the default one. */
export async function groupIdsNamed(
  tx: CloudStore,
  projectId: string,
  names: readonly string[],
  by: { nowMs: number; random: Random },
): Promise<readonly string[]> {
  if (names.length === 0) return [await ensureDefaultGroup(tx, projectId, by.nowMs, by.random)];
  const ids: string[] = [];
  for (const name of names) {
    if (name === 'default') {
      ids.push(await ensureDefaultGroup(tx, projectId, by.nowMs, by.random));
      continue;
    }
    const where = [
      { field: 'project_id', in: [projectId] },
      {
        anyOf: [
          { field: 'id', in: [name] },
          { field: 'name', in: [name] },
        ],
      },
    ];
    const found = await tx.documents.list(collections.groups, { where, limit: 2 });
    const exact = found.find((group) => group.id === name) ?? found[0];
    if (exact === undefined)
      throw new Refusal('invalid', 'SecurityGroupNotFound', `Unable to find security_group with name or id '${name}'`);
    if (found.length > 1 && exact.id !== name) {
      throw new Refusal('conflict', 'NoUniqueMatch', `Multiple security groups found matching '${name}'. Use an ID to be more specific.`);
    }
    ids.push(exact.id);
  }
  return [...new Set(ids)];
}
