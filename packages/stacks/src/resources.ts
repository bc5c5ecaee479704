/** Resources of a stack as users see them: those of its template, each with the row that stands for it, or still to be begun. */
import { asId, Refusal, type JsonObject, type ResourceId, type StackId } from '@hearth/kernel';
import { answerOf, childMemoryOf, childView, MAX_DEPTH, visibleRows } from '@hearth/engine';
import {
  findStackById,
  listDescendants,
  listResources as selectResources,
  listResourcesByName,
  type ResourceRecord,
  type StackRecord,
} from '@hearth/store';
import type { BoundDefinition } from '@hearth/template';
import type { Caller } from './caller.ts';
import { liveStackForGuest, ownRows, ownStack, type StackKey } from './own-stack.ts';
import { requirers } from './requirers.ts';
import type { StackPorts } from './ports.ts';
import { metadataOf } from './signal-metadata.ts';
import { presentDefinition, shownAttributes, storedDefinition } from './stack-reading.ts';

export interface ResourceView {
  readonly name: string;
  readonly type: string;
  readonly description: string;
  /** Null until there is one. */
  readonly physicalId: string | null;
  readonly action: ResourceRecord['action'] | 'INIT';
  readonly status: ResourceRecord['status'];
  readonly statusReason: string;
  readonly requiredBy: readonly string[];
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Null when not asked for. */
  readonly attributes: JsonObject | null;
  /** The stack that it belongs to: a nested one, when several levels are listed. */
  readonly stack: StackRecord;
  /** The stack that it consists of, while there is one. */
  readonly nested: { readonly id: string; readonly name: string } | null;
}
export interface ListResources {
  readonly names: readonly string[] | null;
  readonly statuses: readonly string[] | null;
  readonly actions: readonly string[] | null;
  readonly physicalIds: readonly string[] | null;
  readonly ids: readonly string[] | null;
  /** Text to be found in the type's name. */
  readonly typePart: string | null;
  /** With attributes, as last observed. */
  readonly withDetail: boolean;
  /** How many levels of nested stacks come along. */
  readonly nestedDepth: number;
}
export interface StackResources {
  readonly stack: StackRecord;
  readonly resources: readonly ResourceView[];
}

/** A deleted stack has none. */
export async function listResources(ports: StackPorts, caller: Caller, key: StackKey, request: ListResources): Promise<StackResources> {
  const stack = await ownStack(ports.database, caller, key);
  if (stack.deletedAt !== null) return { stack, resources: [] };
  const levels = Math.min(request.nestedDepth, MAX_DEPTH);
  const below = await listDescendants(ports.database, stack, levels, false);
  const resources: ResourceView[] = [];
  for (const one of [stack, ...below]) resources.push(...(await resourcesOf(ports, one, request)));
  return { stack, resources };
}

async function resourcesOf(ports: StackPorts, stack: StackRecord, request: ListResources): Promise<readonly ResourceView[]> {
  const compiled = await presentDefinition(ports, stack);
  const { bound } = compiled;
  const rows = visibleRows(await selectResources(ports.database, ports.secretBox, stack.id));
  const requiredBy = requirers(compiled);
  const resources: ResourceView[] = [];
  for (const name of bound.resources.keys()) {
    const row = rows.get(name) ?? null;
    // What a deletion has not left a row of is gone, not still to be made.
    if (row === null && stack.action === 'DELETE') continue;
    const view = viewOf(ports, bound, { stack, name, row, requiredBy: requiredBy.get(name) ?? [] });
    if (!isWanted(view, row, request)) continue;
    const known = view.nested === null ? (row?.attributes ?? {}) : {};
    resources.push(request.withDetail ? { ...view, attributes: shownAttributes(ports, row?.handler ?? view.type, known, []) } : view);
  }
  return resources;
}

/** One resource with its attributes as the cloud has them now; what cannot be read is as last observed. Also one that only a row knows. */
export async function showResource(
  ports: StackPorts,
  caller: Caller,
  key: StackKey,
  name: string,
  withAttributes: readonly string[],
): Promise<{ readonly stack: StackRecord; readonly resource: ResourceView }> {
  const { stack, compiled, row } = await ownResource(ports, caller, key, name);
  const isThere = row !== null && row.physicalId !== null && row.action !== 'DELETE';
  const nested = isThere && ports.registry.get(row.handler)?.composite !== undefined;
  const observed = !isThere || nested ? null : await observedNow(ports, stack, row);
  const requiredBy = requirers(compiled).get(name) ?? [];
  const view = viewOf(ports, compiled.bound, { stack, name, row, requiredBy });
  const attributes = nested
    ? await nestedAttributes(ports, row, withAttributes)
    : shownAttributes(ports, row?.handler ?? view.type, { ...row?.attributes, ...observed }, withAttributes);
  return { stack, resource: { ...view, attributes } };
}

/** Attributes of a resource that is a stack of its own, as that stack is now. */
async function nestedAttributes(ports: StackPorts, row: ResourceRecord, also: readonly string[]): Promise<JsonObject> {
  const composite = ports.registry.get(row.handler)?.composite;
  const stack = await findStackById(ports.database, null, asId<StackId>(row.physicalId as string));
  if (composite === undefined || stack === null || stack.deletedAt !== null) return {};
  const definitions = [await storedDefinition(ports, stack)];
  const resources = await selectResources(ports.database, ports.secretBox, stack.id);
  const child = childView({ stack, definitions, resources, credential: null, snapshots: [] }, ports.registry);
  if (child === null) return {};
  const type = ports.registry.get(row.handler);
  // The attributes of a template are its outputs.
  const own = type?.hasOpenProperties === true ? child.outputNames : Object.keys(type?.attributes ?? {}).filter((name) => name !== 'show');
  const names = new Set([...own, ...also]);
  const memory = childMemoryOf(row)?.memory ?? {};
  return Object.fromEntries([...names].map((name) => [name, answerOf(composite, [name], child, memory).value]));
}

async function observedNow(ports: StackPorts, stack: StackRecord, row: ResourceRecord): Promise<JsonObject | null> {
  const observed: ReadonlyMap<ResourceId, JsonObject> = await ports.observer.observe(stack, [row]);
  return observed.get(row.id) ?? null;
}

export async function resourceMetadata(ports: StackPorts, caller: Caller, key: StackKey, name: string): Promise<JsonObject> {
  const { row } = await ownResource(ports, caller, key, name);
  return row === null ? {} : metadataOf(ports, ports.database, row);
}

async function ownResource(ports: StackPorts, caller: Caller, key: StackKey, name: string) {
  const stack = await liveStackForGuest(ports.database, caller, key);
  const rows = ownRows(caller, key, await listResourcesByName(ports.database, ports.secretBox, stack.id, name));
  const compiled = await presentDefinition(ports, stack);
  const row = visibleRows(rows).get(name) ?? null;
  if (row === null && (!compiled.bound.resources.has(name) || stack.action === 'DELETE')) throw resourceNotFound(stack, name);
  return { stack, compiled, row };
}

export const resourceNotFound = (stack: StackRecord, name: string): Refusal =>
  new Refusal('not-found', 'ResourceNotFound', `The Resource (${name}) could not be found in Stack ${stack.name}.`);

interface Shown {
  readonly stack: StackRecord;
  readonly name: string;
  readonly row: ResourceRecord | null;
  readonly requiredBy: readonly string[];
}

function viewOf({ registry }: StackPorts, bound: BoundDefinition, { stack, name, row, requiredBy }: Shown): ResourceView {
  const definition = bound.resources.get(name)?.definition;
  const begun = stack.updatedAt ?? stack.createdAt;
  const isNested = row !== null && registry.get(row.handler)?.composite !== undefined;
  return {
    name,
    type: row?.type ?? definition?.type ?? '',
    description: definition?.description ?? '',
    physicalId: row?.physicalId ?? null,
    action: row?.action ?? 'INIT',
    status: row?.status ?? 'COMPLETE',
    statusReason: row?.statusReason ?? '',
    requiredBy,
    createdAt: row?.createdAt ?? begun,
    updatedAt: row?.updatedAt ?? begun,
    attributes: null,
    stack,
    nested: row !== null && row.physicalId !== null && isNested ? { id: row.physicalId, name: row.physicalName } : null,
  };
}

function isWanted(view: ResourceView, row: ResourceRecord | null, request: ListResources): boolean {
  const among = (allowed: readonly string[] | null, value: string): boolean => allowed === null || allowed.includes(value);
  return (
    among(request.names, view.name) &&
    // `CREATE_COMPLETE` as shown, or the bare status.
    (among(request.statuses, view.status) || among(request.statuses, `${view.action}_${view.status}`)) &&
    among(request.actions, view.action) &&
    among(request.physicalIds, view.physicalId ?? '') &&
    among(request.ids, row?.id ?? '') &&
    (request.typePart === null || view.type.includes(request.typePart))
  );
}
