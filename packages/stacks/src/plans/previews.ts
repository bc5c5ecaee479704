/** What a creation or an update would do, as Heat previews it: resources as they are to be, or as they are, without a plan that could be applied. */
import type { ChangeKind, CompiledDefinition, ResourceChange } from '@hearth/engine';
import type { JsonObject } from '@hearth/kernel';
import type { ResourceRecord, StackRecord, StackSnapshot } from '@hearth/store';
import { nothingKnown, parameterView, resolveOutput } from '@hearth/template';
import type { Caller } from '../caller.ts';
import { requirers } from '../requirers.ts';
import { preparedCreation, type CreateStack } from '../create-stack.ts';
import { ownProject, type StackKey } from '../own-stack.ts';
import type { StackPorts } from '../ports.ts';
import type { ResourceView } from '../resources.ts';
import { outputDescription, type OutputView } from '../stack-reading.ts';
import { preparedUpdate, type UpdateStack } from '../update-stack.ts';
import { foretell, foretellCreation } from './foretell.ts';

export interface PreviewedResource extends Omit<ResourceView, 'createdAt' | 'updatedAt' | 'attributes' | 'stack' | 'nested'> {
  /** Null: it is not made. */
  readonly createdAt: number | null;
  readonly updatedAt: number | null;
  readonly attributes: JsonObject;
  readonly metadata: JsonObject;
  /** Every property of the type; null where none is given or it is not known. */
  readonly properties: JsonObject;
  readonly stack: PreviewedStack;
  readonly parentResource: string | null;
  /** The stack that it consists of. */
  readonly nested: PreviewedStack | null;
}
export interface PreviewedStack {
  /** `None`: it is not made. */
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
}

export type UpdatePreview = Readonly<Record<'unchanged' | 'updated' | 'replaced' | 'added' | 'deleted', readonly PreviewedResource[]>>;
type PreviewKind = keyof UpdatePreview;

const KIND: Readonly<Record<ChangeKind, PreviewKind>> = {
  unchanged: 'unchanged',
  relinked: 'unchanged',
  updated: 'updated',
  replaced: 'replaced',
  added: 'added',
  deleted: 'deleted',
};
/** Heat shows these as they are, the others as they are to be. */
const AS_IT_IS: ReadonlySet<PreviewKind> = new Set(['updated', 'deleted']);

export async function previewUpdate(
  ports: StackPorts,
  caller: Caller,
  key: StackKey,
  request: UpdateStack,
  showsNested: boolean,
): Promise<UpdatePreview> {
  const { stack, contents } = await preparedUpdate(ports, caller, key, request);
  const levels = new Levels();
  const { changes, snapshots } = await foretell(ports, ports.database, stack, contents, (path, one) => levels.add(path, one));
  const rows = new Map([...snapshots.values()].flatMap((one) => (one?.resources ?? []).map((row) => [row.id, row] as const)));
  const stacks = placedStacks(stack, snapshots);
  const preview: Record<PreviewKind, PreviewedResource[]> = { unchanged: [], updated: [], replaced: [], added: [], deleted: [] };
  for (const change of changes) {
    if (change.path.length > 1 && !showsNested) continue;
    const kind = KIND[change.kind];
    const row = change.rowId === null || !AS_IT_IS.has(kind) ? null : (rows.get(change.rowId) ?? null);
    const place = stacks.get(levelOf(change)) ?? unmade(stack, change);
    preview[kind].push(previewed(ports, change, { level: levels.at(change), row, stack: place }));
  }
  return preview;
}

export interface CreationPreview {
  readonly stack: Pick<StackRecord, 'name' | 'projectId' | 'description' | 'disableRollback' | 'timeoutMins' | 'tags' | 'ownerName'>;
  readonly createdAt: number;
  readonly parameters: JsonObject;
  readonly outputs: readonly OutputView[];
  readonly resources: readonly PreviewTree[];
}
/** A resource, or those of the stack that it consists of. */
export type PreviewTree = PreviewedResource | readonly PreviewTree[];

export async function previewCreation(ports: StackPorts, caller: Caller, request: CreateStack): Promise<CreationPreview> {
  const prepared = await preparedCreation(ports, caller, request);
  const levels = new Levels();
  const stack = { id: prepared.stackId, name: request.name, projectId: ownProject(caller) };
  const changes = foretellCreation(ports, stack, prepared.contents, (path, one) => levels.add(path, one));
  const { bound } = levels.root();
  const below = new Map<string, ResourceChange[]>();
  for (const change of changes) {
    const others = below.get(levelOf(change));
    if (others === undefined) below.set(levelOf(change), [change]);
    else others.push(change);
  }
  const tree = (path: string): readonly PreviewTree[] =>
    (below.get(path) ?? []).map((change) => {
      const own = change.path.join('/');
      if (below.has(own)) return tree(own);
      return previewed(ports, change, { level: levels.at(change), row: null, stack: unmade(stack, change) });
    });
  return {
    stack: {
      ...stack,
      description: prepared.description,
      disableRollback: request.disableRollback,
      timeoutMins: request.timeoutMins || ports.limits.timeoutMins,
      tags: request.tags,
      ownerName: caller.userName,
    },
    createdAt: ports.clock.now(),
    parameters: { ...parameterView(bound), 'OS::stack_id': 'None' },
    outputs: [...bound.outputs].map(([name, output]) => {
      const { value, unknown, secret } = resolveOutput(bound, name, nothingKnown);
      return { name, description: outputDescription(output), value, error: null, isUnknown: unknown, isSecret: secret };
    }),
    resources: tree(''),
  };
}

const levelOf = ({ path }: ResourceChange): string => path.slice(0, -1).join('/');

/** Definitions by the places of their stacks, with who requires whom in each. */
class Levels {
  readonly #levels = new Map<string, CompiledDefinition>();
  readonly #requiredBy = new Map<string, ReadonlyMap<string, readonly string[]>>();

  add(path: readonly string[], definition: CompiledDefinition): void {
    this.#levels.set(path.join('/'), definition);
  }
  root(): CompiledDefinition {
    return this.#levels.get('') as CompiledDefinition;
  }
  at(change: ResourceChange): Level {
    const place = levelOf(change);
    const definition = this.#levels.get(place) ?? null;
    let requiredBy = this.#requiredBy.get(place);
    if (requiredBy === undefined) {
      requiredBy = definition === null ? new Map() : requirers(definition);
      this.#requiredBy.set(place, requiredBy);
    }
    return { definition, requiredBy };
  }
}
interface Level {
  /** Null: nothing is wanted there. */
  readonly definition: CompiledDefinition | null;
  readonly requiredBy: ReadonlyMap<string, readonly string[]>;
}

interface Placed {
  readonly level: Level;
  /** Null: it is shown as it is to be. */
  readonly row: ResourceRecord | null;
  readonly stack: PreviewedStack;
}

function previewed({ registry }: StackPorts, change: ResourceChange, { level, row, stack }: Placed): PreviewedResource {
  const name = change.path.at(-1) as string;
  const definition = level.definition?.bound.resources.get(name)?.definition;
  const implementation = level.definition?.implementations.get(name);
  const handler = row?.handler ?? (implementation?.kind === 'type' ? implementation.name : change.type);
  const type = registry.get(handler);
  const given = Object.fromEntries(change.properties.flatMap((one) => (one.part === 'property' ? [[one.name, one.after]] : [])));
  const nothing = (names: readonly string[]): JsonObject => Object.fromEntries(names.map((one) => [one, null]));
  const metadata = change.properties.find(({ part }) => part === 'metadata')?.after;
  const told = Object.keys(type?.attributes ?? {}).filter((one) => one !== 'show' && type?.attributes[one]?.isHidden !== true);
  const isNested = row !== null && row.physicalId !== null && type?.composite !== undefined;
  return {
    name,
    type: change.type,
    description: definition?.description ?? '',
    physicalId: row?.physicalId ?? null,
    action: row?.action ?? 'INIT',
    status: row?.status ?? 'COMPLETE',
    statusReason: row?.statusReason ?? '',
    requiredBy: level.requiredBy.get(name) ?? [],
    createdAt: row?.createdAt ?? null,
    updatedAt: row?.updatedAt ?? null,
    attributes: { ...nothing(told), ...(isNested ? {} : knownAttributes(row, told)) },
    metadata: row?.metadata ?? (isMap(metadata) ? metadata : {}),
    properties: { ...nothing(Object.keys(type?.properties ?? {})), ...given },
    stack,
    parentResource: change.path.at(-2) ?? null,
    nested: isNested ? { id: row.physicalId as string, name: row.physicalName, projectId: stack.projectId } : null,
  };
}

const isMap = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
const knownAttributes = (row: ResourceRecord | null, told: readonly string[]): JsonObject =>
  Object.fromEntries(told.map((name) => [name, row?.attributes?.[name] ?? null]));

const unmade = ({ name, projectId }: Pick<StackRecord, 'name' | 'projectId'>, { path }: ResourceChange): PreviewedStack => ({
  id: 'None',
  name: [name, ...path.slice(0, -1)].join('-'),
  projectId,
});

/** The stacks that are there, by their places in the tree. */
function placedStacks(root: StackRecord, snapshots: ReadonlyMap<string, StackSnapshot | null>): ReadonlyMap<string, PreviewedStack> {
  const placed = new Map<string, PreviewedStack>([['', root]]);
  const walk: { readonly path: readonly string[]; readonly id: string }[] = [{ path: [], id: root.id }];
  for (const { path, id } of walk) {
    for (const row of snapshots.get(id)?.resources ?? []) {
      const child = row.physicalId === null || row.replacedBy !== null ? null : (snapshots.get(row.physicalId) ?? null);
      if (child === null) continue;
      const below = [...path, row.name];
      placed.set(below.join('/'), child.stack);
      walk.push({ path: below, id: child.stack.id });
    }
  }
  return placed;
}
