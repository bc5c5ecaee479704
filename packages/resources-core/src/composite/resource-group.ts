/** `OS::Heat::ResourceGroup`: several resources alike, numbered from 0, in a stack of their own. Behaviour: templates.md 8.3. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import {
  a,
  c,
  compositeType,
  p,
  ResourceFailed,
  type BatchInput,
  type ChildDefinition,
  type ChildView,
  type CompositeInput,
  type Selection,
} from '@hearth/resource-kit';
import { valueSize } from '@hearth/template';
import { batchPolicy, GROUP_POLICY, nextCreated, nextRolled } from './batches.ts';
import { GROUP_OWN, memberAsks, memberResource, membersTemplate, selectFromMembers, withIndex } from './members.ts';

/** Names of members that were removed on request: never used again. */
const removedOf = (memory: JsonObject): readonly string[] =>
  isJsonArray(memory['removed']) ? (memory['removed'] as readonly string[]) : [];

function memberNames(count: number, removed: readonly string[]): readonly string[] {
  const gone = new Set(removed);
  const names: string[] = [];
  for (let index = 0; names.length < count; index++) if (!gone.has(String(index))) names.push(String(index));
  return names;
}

function sizeOf({ props, maxMembers }: CompositeInput): number {
  const count = typeof props['count'] === 'number' ? props['count'] : 1;
  if (count > maxMembers)
    throw new ResourceFailed(`a group of ${count} is more than the ${maxMembers} members that one may have`, 'StackValidationFailed');
  return count;
}

function members(input: CompositeInput, names: readonly string[]): JsonObject {
  const definition = isJsonObject(input.props['resource_def']) ? input.props['resource_def'] : {};
  const variable = typeof input.props['index_var'] === 'string' ? input.props['index_var'] : '%index%';
  const { type, properties, metadata } = definition;
  const hasMetadata = isJsonObject(metadata) && Object.keys(metadata).length > 0;
  const member = memberResource(String(type), properties, input.isTrial, hasMetadata ? { metadata: metadata as Json } : {});
  if (valueSize(member, MAX_MEMBERS_SIZE) * names.length > MAX_MEMBERS_SIZE)
    throw new ResourceFailed(
      `${names.length} such members are more than the ${MAX_MEMBERS_SIZE} characters that a group may have`,
      'StackValidationFailed',
    );
  // The index goes into properties alone.
  const given = member['properties'];
  const numbered = (name: string): JsonObject =>
    given === undefined ? member : { ...member, properties: withIndex(given, variable, name) };
  return Object.fromEntries(names.map((name) => [name, numbered(name)]));
}

/** Characters and elements of all members of a group. */
const MAX_MEMBERS_SIZE = 2 ** 25;

function definitionOf(input: CompositeInput, resources: JsonObject): ChildDefinition {
  return { template: membersTemplate(resources), parameters: {}, asks: memberAsks(input.asked, Object.keys(resources)) };
}

function wantedMembers(input: CompositeInput): JsonObject {
  return members(input, memberNames(sizeOf(input), removedOf(input.memory)));
}

/** Adds what the removal policies name, by member or by reference id, to what was removed before. */
function withRemovals(input: CompositeInput, child: ChildView | null): JsonObject {
  const before = removedOf(input.memory);
  const removed = new Set(input.props['removal_policies_mode'] === 'update' ? [] : before);
  const known = new Set(child?.names ?? []);
  // Before there is anybody, any name may be set aside.
  const isNamed = (name: string): boolean => child === null || known.has(name) || before.includes(name);
  const policies = isJsonArray(input.props['removal_policies']) ? input.props['removal_policies'] : [];
  for (const policy of policies) {
    const list = isJsonObject(policy) && isJsonArray(policy['resource_list']) ? policy['resource_list'] : [];
    for (const named of list) {
      const name = String(named);
      if (isNamed(name)) removed.add(name);
      else for (const member of known) if (child?.referenceId(member) === named) removed.add(member);
    }
  }
  return { ...input.memory, removed: [...removed].sort() };
}

function nextBatch(input: BatchInput) {
  const policy = batchPolicy(input.updatePolicy, input.action);
  const wanted = wantedMembers(input);
  const isCreate = input.action === 'CREATE';
  if (policy === null || (!isCreate && input.child === null) || (isCreate && sizeOf(input) === 0))
    return { definition: definitionOf(input, wanted), pauseMs: null };
  // Made with nobody in it: every batch is a change then.
  if (input.child === null) return { definition: definitionOf(input, {}), pauseMs: 0 };
  const removed = removedOf(input.memory);
  const there = isJsonObject(input.child.template['resources']) ? input.child.template['resources'] : {};
  const present = Object.fromEntries(Object.entries(there).filter(([name]) => !removed.includes(name)));
  const membersOf = (count: number): JsonObject => members(input, memberNames(count, removed));
  const { resources, more } = isCreate ? nextCreated(present, wanted, policy) : nextRolled(present, sizeOf(input), policy, membersOf);
  return { definition: definitionOf(input, resources), pauseMs: more ? policy.pauseMs : null };
}

function select(selection: Selection, child: ChildView, memory: JsonObject): Json {
  const [key] = selection;
  if (key === 'removed_rsrc_list') return removedOf(memory);
  const found = selectFromMembers(selection, child, GROUP_OWN);
  return key === '*' && isJsonObject(found) ? { ...found, removed_rsrc_list: removedOf(memory) } : found;
}

export const resourceGroup = compositeType({
  name: 'OS::Heat::ResourceGroup',
  doc: 'Several resources alike, numbered from 0.',
  support: { status: 'SUPPORTED', since: '2014.1' },
  properties: {
    count: p.integer('How many members there are to be.', { default: 1, updatable: true, constraints: [c.range(0, null)] }),
    index_var: p.string('What stands for the number of a member in its properties.', {
      default: '%index%',
      constraints: [c.length(3, null)],
    }),
    resource_def: p.mapOf({
      type: p.string('The type of every member.', { required: true }),
      properties: p.map('Properties of a member; in its strings the index variable becomes the number.'),
      metadata: p.map('Metadata of a member.'),
    })('What a member is.', { required: true, updatable: true }),
    removal_policies: p.listOf(
      p.mapOf({ resource_list: p.list('Numbers or reference ids of members.', { default: [] }) })('Members to remove first.'),
    )('Which members go first when the group shrinks. They are not made again.', { default: [], updatable: true }),
    removal_policies_mode: p.string('Whether removals add to earlier ones (append) or take their place (update).', {
      default: 'append',
      updatable: true,
      constraints: [c.oneOf('append', 'update')],
    }),
  },
  updatePolicy: GROUP_POLICY,
  attributes: {
    refs: a.list('Reference ids of the members, in order.'),
    refs_map: a.map('Reference ids by the names of the members.'),
    attributes: a.map('Values of one attribute by the names of the members; the path names the attribute.'),
    removed_rsrc_list: a.list('Names of the members that were removed on request.'),
  },
  examples: [
    {
      name: 'three values',
      props: { count: 3, resource_def: { type: 'OS::Heat::Value', properties: { value: 'member %index%' } } },
      updates: [{ count: 2 }, { count: 4, resource_def: { type: 'OS::Heat::Value', properties: { value: 'other %index%' } } }],
      replacedBy: { index_var: '%number%' },
    },
    { name: 'nobody', props: { count: 0, resource_def: { type: 'OS::Heat::RandomString' } }, updates: [{ count: 1 }] },
  ],
  composite: {
    definition: (input) => definitionOf(input, wantedMembers(input)),
    remember: withRemovals,
    batch: nextBatch,
    select,
  },
});
