/** What groups and chains have in common: members with numbers for names, and attributes that ask each member. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { type ChildDefinition, type ChildView, ResourceFailed, type Selection } from '@hearth/resource-kit';
import { exactPath } from '@hearth/template';

/** Templates of groups are in this version: neither its functions nor its rules matter, but Heat's groups show it. */
export const MEMBERS_VERSION = '2015-04-30';

export function membersTemplate(resources: JsonObject): JsonObject {
  const some = Object.keys(resources).length > 0;
  return { heat_template_version: MEMBERS_VERSION, ...(some && { resources }) };
}

/** One member as a resource of a template, without properties that were given as null: the member type's own defaults apply. */
export function memberResource(type: string, properties: Json | undefined, isTrial: boolean, more: JsonObject = {}): JsonObject {
  const given = isJsonObject(properties) ? Object.entries(properties).filter(([, value]) => isTrial || value !== null) : [];
  return { type, ...(given.length > 0 && { properties: Object.fromEntries(given) }), ...more };
}

/** Attributes that a group or a chain has of its own; `*` stands for all of them. */
export const GROUP_OWN: ReadonlySet<string> = new Set(['refs', 'refs_map', 'removed_rsrc_list', 'show', '*']);
export const CHAIN_OWN: ReadonlySet<string> = new Set(['refs', 'show', '*']);
const PREFIX = 'resource.';

/** `resource.N.attribute` with its path, as a member's name and what is asked of it (null: its reference id). */
function reachIn(key: string, path: readonly Json[]): { readonly member: string; readonly selection: Selection | null } {
  const [member = '', ...rest] = key.slice(PREFIX.length).split('.');
  if (rest.length > 0) return { member, selection: [rest.join('.'), ...path] };
  const [attribute, ...deeper] = path;
  return { member, selection: attribute === undefined ? null : [String(attribute), ...deeper] };
}

/** What is asked of each member when `asked` is asked of the group. */
export function memberAsks(
  asked: readonly Selection[],
  names: readonly string[],
  own: ReadonlySet<string> = GROUP_OWN,
): ChildDefinition['asks'] {
  const asks = new Map<string, Selection[]>(names.map((name) => [name, []]));
  for (const [key, ...path] of asked) {
    if (own.has(key)) continue;
    if (key.startsWith(PREFIX)) {
      const { member, selection } = reachIn(key, path);
      if (selection !== null) asks.get(member)?.push(selection);
      continue;
    }
    const selection = memberSelection(key, path);
    if (selection !== null) for (const list of asks.values()) list.push(selection);
  }
  return Object.fromEntries([...asks].filter(([, list]) => list.length > 0));
}

/** `attributes` takes the attribute's name from the path; any other key is the name of a member's attribute. */
function memberSelection(key: string, path: readonly Json[]): Selection | null {
  if (key !== 'attributes') return [key, ...path];
  const [attribute, ...rest] = path;
  return attribute === undefined ? null : [String(attribute), ...rest];
}

/** An attribute of a group or a chain (templates.md 8.3): its own, of one member, or of every member. */
export function selectFromMembers([key, ...path]: Selection, child: ChildView, own: ReadonlySet<string>): Json {
  const { names } = child;
  if (key === '*')
    return Object.fromEntries(['refs', 'refs_map'].filter((name) => own.has(name)).map((name) => [name, ownOf(name, child)]));
  if (key === 'refs' || (key === 'refs_map' && own.has(key))) return exactPath(ownOf(key, child), path) ?? null;
  if (own.has(key)) return null;
  return named(child, [key, ...path], () => {
    if (isReachIn(key)) return reached(key, path, child);
    const selection = memberSelection(key, path);
    if (selection === null) throw noSuchAttribute(child, [key]);
    const values = names.map((name) => [name, child.attribute(name, selection)] as const);
    return key === 'attributes' ? Object.fromEntries(values) : values.map(([, value]) => value);
  });
}

function ownOf(key: string, { names, referenceId }: ChildView): Json {
  return key === 'refs' ? names.map((name) => referenceId(name)) : Object.fromEntries(names.map((name) => [name, referenceId(name)]));
}

/** A member that lacks an attribute is no concern of who asks the whole: it is named as what was asked for. */
function named(child: ChildView, asked: Selection, select: () => Json): Json {
  try {
    return select();
  } catch (error) {
    if (error instanceof ResourceFailed && error.type === NO_ATTRIBUTE) throw noSuchAttribute(child, asked);
    throw error;
  }
}

/** `resource.name` and `resource.name.attribute`, which every nested stack has. */
export const selectFromResource = (key: string, path: readonly Json[], child: ChildView): Json =>
  named(child, [key, ...path], () => reached(key, path, child));

function reached(key: string, path: readonly Json[], child: ChildView): Json {
  const { member, selection } = reachIn(key, path);
  if (child.names.length === 0) return null;
  if (!child.names.includes(member))
    throw new ResourceFailed(`Member '${member}' not found in group resource '${child.resourceName}'.`, 'NotFound');
  return selection === null ? child.referenceId(member) : child.attribute(member, selection);
}

export const isReachIn = (key: string): boolean => key.startsWith(PREFIX);

const NO_ATTRIBUTE = 'InvalidTemplateAttribute';
export const noSuchAttribute = ({ resourceName }: ChildView, asked: Selection): ResourceFailed =>
  new ResourceFailed(`The Referenced Attribute (${resourceName} ${asked.join('.')}) is incorrect.`, NO_ATTRIBUTE);

/** Every string in it with the variable replaced; keys stay as they are. Iterative in lists and maps by JSON's own depth. */
export function withIndex(value: Json, variable: string, name: string): Json {
  if (typeof value === 'string') return value.replaceAll(variable, name);
  if (isJsonArray(value)) return value.map((item) => withIndex(item, variable, name));
  if (isJsonObject(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withIndex(item, variable, name)]));
  return value;
}
