/** RBAC policies: one object opened to one project, or to all. What they open is written on the object itself, where lists can look. */
import { isJsonObject, Refusal, type Json, type JsonObject } from '@hearth/kernel';
import { isAdmin } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import { invalidInput, notByPolicy, type Wanted } from './attributes.ts';
import { isOwner, type By } from './collection.ts';
import { keepSubnetsShared, refuseWhileGateway, refuseWhileShared, type Network } from './networks.ts';
import { collections, type NetworkBody } from './objects.ts';

/** Object types with the field that each action writes; `all` is what a policy for everybody sets. */
const ACTIONS: Readonly<Record<string, Readonly<Record<string, { readonly field: string; readonly all: string | null }>>>> = {
  network: {
    access_as_shared: { field: 'shared_with', all: 'shared' },
    access_as_external: { field: 'external_with', all: 'router:external' },
  },
  subnetpool: { access_as_shared: { field: 'shared_with', all: 'shared' } },
  address_scope: { access_as_shared: { field: 'shared_with', all: 'shared' } },
  security_group: { access_as_shared: { field: 'shared_with', all: null } },
};
const STORAGE: Readonly<Record<string, string>> = {
  network: collections.networks,
  subnetpool: collections.pools,
  address_scope: collections.scopes,
  security_group: collections.groups,
};

export const policyMissing = (id: string): Refusal =>
  new Refusal('not-found', 'RbacPolicyNotFound', `RBAC policy of type unknown with ID ${id} not found`);

export function refuseOddPolicy(values: JsonObject): void {
  const { object_type: type, action } = values;
  const actions = typeof type === 'string' && Object.hasOwn(ACTIONS, type) ? ACTIONS[type] : undefined;
  if (actions === undefined) throw invalidInput(`'${String(type)}' is not a valid RBAC object type`);
  if (typeof action === 'string' && Object.hasOwn(actions, action)) return;
  const names = Object.keys(actions).map((name) => `'${name}'`);
  const valid = names.length === 1 ? `(${names[0] ?? ''},)` : `(${names.join(', ')})`;
  throw new Refusal(
    'invalid',
    'InvalidActionForType',
    `Invalid action '${String(action)}' for object type '${String(type)}'. Valid actions: ${valid}`,
  );
}

/** Only administrators open something to everybody. */
export function everybodyPolicy(verb: 'create' | 'update', values: JsonObject, identity: By['identity']): void {
  if (values.target_tenant !== '*' || isAdmin(identity)) return;
  if (verb === 'update') throw notByPolicy('(rule:update_rbac_policy and rule:update_rbac_policy:target_tenant)');
  const parts = ['object_type', 'object_id', 'target_tenant', 'action'].map((name) => `rule:create_rbac_policy:${name}`);
  throw notByPolicy(parts.reduce((all, part) => `(${all} and ${part})`, 'rule:create_rbac_policy'));
}

async function lockedObject(tx: CloudStore, type: string, id: string): Promise<Document | null> {
  return tx.documents.get(STORAGE[type] as string, id, { lock: true });
}

export async function createPolicy(tx: CloudStore, wanted: Wanted, by: By & { readonly id: string }): Promise<Document> {
  const { values, projectId } = wanted;
  refuseOddPolicy(values);
  const { object_type: type, object_id: objectId, action, target_tenant: target } = values as Readonly<Record<string, string>>;
  const object = await lockedObject(tx, type as string, objectId as string);
  if (object === null || !isOwner(object, by.identity)) throw invalidInput(`${type ?? ''} ${objectId ?? ''} could not be found`);
  const same = [
    { field: 'parent_id', in: [object.id] },
    { field: 'action', in: [action ?? ''] },
    { field: 'target_tenant', in: [target ?? ''] },
  ];
  if ((await tx.documents.list(collections.policies, { where: same, limit: 1 })).length > 0)
    throw new Refusal('conflict', 'DuplicateRbacPolicy', 'An RBAC policy already exists with those values.');
  const draft = { id: by.id, projectId, parentId: object.id, body: values };
  const made = await tx.documents.insert(collections.policies, draft, by.nowMs);
  if (made === null) throw policyMissing(by.id);
  await applied(tx, made, by);
  return made;
}

export async function updatePolicy(tx: CloudStore, policy: Document, values: JsonObject, by: By): Promise<JsonObject> {
  await refuseInUse(tx, policy, [String(values.target_tenant)]);
  const next = { ...policy, body: { ...policy.body, ...values } };
  await tx.documents.replace(collections.policies, { id: policy.id, body: next.body }, by.nowMs);
  await applied(tx, next, by);
  return values;
}

export async function removePolicy(tx: CloudStore, policy: Document, by: By): Promise<void> {
  await refuseInUse(tx, policy, []);
  await tx.documents.remove(collections.policies, policy.id);
  await applied(tx, policy, by);
}

/** Those who lose what the policy gave must not be using it. */
async function refuseInUse(tx: CloudStore, policy: Document, more: readonly string[]): Promise<void> {
  const { object_type: type, object_id: id, action } = policy.body as Readonly<Record<string, string>>;
  const object = await lockedObject(tx, type ?? '', id ?? '');
  if (object === null || type !== 'network') return;
  const others = (await policiesOf(tx, object.id)).filter((one) => one.id !== policy.id && one.body.action === action);
  const left = [...others.map((one) => String(one.body.target_tenant)), ...more];
  if (left.includes('*')) return;
  try {
    if (action === 'access_as_shared') await refuseWhileShared(tx, object as Network, left);
    else if (left.length === 0) await refuseWhileGateway(tx, object.id);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const reason = `RBAC policy on object ${object.id} cannot be removed because other objects depend on it.\nDetails: ${error.message}`;
    throw new Refusal('conflict', 'RbacPolicyInUse', reason);
  }
}

const policiesOf = (tx: CloudStore, objectId: string): Promise<readonly Document[]> =>
  tx.documents.list(collections.policies, { where: [{ field: 'parent_id', in: [objectId] }] });

/** Writes on the object what all its policies together open. */
async function applied(tx: CloudStore, policy: Document, by: By): Promise<void> {
  const { object_type: type, object_id: id } = policy.body as Readonly<Record<string, string>>;
  const object = await lockedObject(tx, type ?? '', id ?? '');
  if (object === null) return;
  const policies = await policiesOf(tx, object.id);
  const body: Record<string, Json> = { ...object.body };
  for (const [action, { field, all }] of Object.entries(ACTIONS[type ?? ''] ?? {})) {
    const targets = policies.filter((one) => one.body.action === action).map((one) => String(one.body.target_tenant));
    body[field] = all === null ? targets : targets.filter((target) => target !== '*');
    if (all !== null) body[all] = targets.includes('*');
  }
  const done = await tx.documents.replace(STORAGE[type as string] as string, { id: object.id, body }, by.nowMs);
  if (type === 'network' && done !== null && isJsonObject(done.body)) await keepSubnetsShared(tx, done as Document<NetworkBody>, by.nowMs);
}
