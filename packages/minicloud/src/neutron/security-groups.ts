/** Security groups and their rules; every project has a default group, made when it is first needed. */
import { Refusal, type JsonObject, type Random } from '@hearth/kernel';
import { isAdmin, type Identity } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import { isOwner, maySee, type By } from './collection.ts';
import { notByPolicy, type Wanted } from './attributes.ts';
import { collections } from './objects.ts';
import { refuseOverQuota } from './quotas.ts';
import { checkedRule, ruleKey } from './rule-checks.ts';

/** New id and time of a request. */
interface Stamp {
  readonly id: string;
  readonly nowMs: number;
}

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
  const draft = { id: stamp.id, projectId: wanted.projectId, name: name as string, body: { ...rest, shared_with: [], tags: [] } };
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

/** Projects a group is shared with; `*` is every one. */
export const groupSharing = { sharedWith: ['shared_with'] } as const;

export async function visibleGroup(store: CloudStore, id: string, identity: Identity): Promise<Document> {
  const group = await store.documents.get(collections.groups, id);
  if (group === null || !(maySee(groupSharing, group, identity) || isForAll(group))) throw groupMissing(id);
  return group;
}
const isForAll = ({ body }: Document): boolean => Array.isArray(body.shared_with) && (body.shared_with as readonly unknown[]).includes('*');

async function ownGroup(tx: CloudStore, id: string, identity: Identity, lock: boolean | 'share' = false): Promise<Document> {
  const group = await tx.documents.get(collections.groups, id, { lock });
  if (group === null || !(maySee(groupSharing, group, identity) || isForAll(group))) throw groupMissing(id);
  if (!isOwner(group, identity)) throw notByPolicy('rule:update_security_group');
  return group;
}

/** A new group brings its first rules along. */
export async function groupQuota(tx: CloudStore, wanted: readonly Wanted[]): Promise<void> {
  for (const projectId of new Set(wanted.map((one) => one.projectId)))
    await refuseOverQuota(tx, 'security_group_rule', projectId, RULES_OF_NEW * wanted.filter((one) => one.projectId === projectId).length);
}
const RULES_OF_NEW = 2;

export async function updateGroup(tx: CloudStore, id: string, values: JsonObject, identity: Identity, nowMs: number): Promise<Document> {
  const group = await ownGroup(tx, id, identity, true);
  if (group.name !== 'default' && values.name === 'default')
    throw new Refusal('conflict', 'SecurityGroupDefaultAlreadyExists', 'Default security group already exists.');
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
  const users = await tx.documents.list(collections.ports, { where: [{ field: 'security_groups', contains: [id] }], limit: 1 });
  if (users.length > 0) throw new Refusal('conflict', 'SecurityGroupInUse', `Security Group ${id} in use.`);
  if (group.name === 'default' && !isAdmin(identity))
    throw new Refusal('conflict', 'SecurityGroupCannotRemoveDefault', 'Insufficient rights for removing default security group.');
  if (group.name === 'default') await tx.claims.release(DEFAULT_SPACE, group.projectId ?? '');
  await tx.documents.removeWhere(collections.rules, [{ field: 'parent_id', in: [id] }]);
  // Rules of others that spoke of its members speak of nobody.
  await tx.documents.removeWhere(collections.rules, [{ field: 'remote_group_id', in: [id] }]);
  await tx.documents.removeWhere(collections.policies, [{ field: 'parent_id', in: [id] }]);
  await tx.documents.remove(collections.groups, id);
}

/** Everything a request wants is looked at before the first rule is made. */
export async function refuseSameRules(_tx: CloudStore, wanted: readonly Wanted[]): Promise<void> {
  const keys = wanted.map(({ values }) => `${String(values.security_group_id)} ${ruleKey(checkedRule(values))}`);
  if (new Set(keys).size < keys.length)
    throw new Refusal('conflict', 'DuplicateSecurityGroupRuleInPost', 'Duplicate Security Group Rule in POST.');
}

export async function createRule(tx: CloudStore, wanted: Wanted, by: By & { readonly id: string }): Promise<Document> {
  const { security_group_id: groupId, ...values } = wanted.values;
  const { identity } = by;
  const body = { ...emptyRule, ...checkedRule(values) };
  if (typeof values.remote_group_id === 'string') await visibleGroup(tx, values.remote_group_id, identity);
  if (typeof values.remote_address_group_id === 'string') {
    const id = values.remote_address_group_id;
    throw new Refusal('not-found', 'AddressGroupNotFound', `Address group ${id} could not be found.`);
  }
  // Two equal rules at the same moment must see each other.
  const group = await ownGroup(tx, groupId as string, identity, true);
  const key = ruleKey(body);
  const same = (await rulesOf(tx, [group.id])).find((rule) => ruleKey(rule.body) === key);
  if (same !== undefined)
    throw new Refusal('conflict', 'SecurityGroupRuleExists', `Security group rule already exists. Rule id is ${same.id}.`);
  await touched(tx, group, by.nowMs);
  return insertRule(tx, { id: group.id, projectId: wanted.projectId }, body, by);
}

/** A group's revision counts changes of its rules too. */
const touched = (tx: CloudStore, group: Document, nowMs: number): Promise<Document | null> =>
  tx.documents.replace(collections.groups, { id: group.id, body: group.body }, nowMs);

export async function removeRule(tx: CloudStore, id: string, by: By): Promise<void> {
  const rule = await ownRule(tx, id, by.identity);
  const group = await tx.documents.get(collections.groups, rule.parentId ?? '', { lock: true });
  await tx.documents.remove(collections.rules, id);
  if (group !== null) await touched(tx, group, by.nowMs);
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
