/**
 * Compares rows with what a definition wants of them, for the planner. Resolving and digesting a resource is remembered until something
 * it refers to changes, so that a plan costs what has changed and not the whole stack.
 */
import { Bug, type Diagnostic, diagnosticText, jsonEqual, type JsonObject, pathText } from '@hearth/kernel';
import type { Actual, Change, Desired } from '@hearth/planner';
import { checkProperties, classifyChange, type Registry, type ResourceType } from '@hearth/resource-kit';
import type { ResourceRecord, StackRecord } from '@hearth/store';
import { type Implementation, matchesPattern, type References, type ResolvedResource, resolveResource } from '@hearth/template';
import { isChildAsWanted } from './child-definition.ts';
import { type CompiledDefinition, handlerOf } from './compiled.ts';
import { handOverOf } from './hand-over.ts';
import { copiedType, copyTypeOf } from './copies.ts';
import { isUnhealthy } from './health.ts';
import { isStoppedCreation, pendingHook } from './hooks.ts';
import { isBetweenTries } from './retries.ts';
import { rowReferences } from './references.ts';
import { externalIdOf, type Wanted, wantedDigest } from './transitions.ts';

/** What a resource should be now, or why that cannot be said (`Type: message`). */
export type WantedNow =
  | { readonly wanted: Wanted; digest(): string; readonly problem: null }
  | { readonly wanted: null; readonly problem: string };

/** The digest is made when somebody asks for it, and once. */
export function wantedNow(wanted: Wanted): WantedNow {
  let digest: string | null = null;
  return { wanted, problem: null, digest: () => (digest ??= wantedDigest(wanted)) };
}

export interface Comparison {
  wantedOf(name: string, requires: readonly ResourceRecord[]): WantedNow;
  change(desired: Desired, row: ResourceRecord, requires: readonly ResourceRecord[]): Change;
}

export function comparison(compiled: CompiledDefinition, registry: Registry): Comparison {
  const memory = new Map<string, { readonly inputs: readonly ResourceRecord[]; readonly answer: WantedNow }>();
  const changes = new WeakMap<ResourceRecord, { readonly now: WantedNow; readonly change: Change }>();

  function wantedOf(name: string, requires: readonly ResourceRecord[]): WantedNow {
    const known = memory.get(name);
    // Rows are immutable values: the same objects mean the same inputs.
    if (known !== undefined && known.inputs.length === requires.length && known.inputs.every((row, i) => row === requires[i]))
      return known.answer;
    const byName = new Map(requires.map((row) => [row.name, row]));
    const references = rowReferences((other) => byName.get(other) ?? null, registry);
    const answer = wantedFrom(compiled, registry, name, references);
    memory.set(name, { inputs: requires, answer });
    return answer;
  }

  return {
    wantedOf,
    change(desired, row, requires) {
      const now = wantedOf(desired.name, requires);
      const known = changes.get(row);
      if (known !== undefined && known.now === now) return known.change;
      const change = changeTo(compiled, registry, row, now);
      if (now.wanted !== null) changes.set(row, { now, change });
      return change;
    },
  };
}

/** What the row needs to become what is wanted of it now. */
export function changeTo(compiled: CompiledDefinition, registry: Registry, row: ResourceRecord, now: WantedNow): Change {
  if (now.wanted === null) return 'update';
  const type = typeOf(registry, row.handler);
  // It waits for just that: telling it once more would only begin the wait anew.
  if (isWaitingForSignals(row, registry) && jsonEqual(row.pending ?? row.properties, now.wanted.properties)) return 'same';
  if (!isApplied(row, now)) return classify(type, row, now.wanted);
  // The same, but somebody asks for attributes that nobody asked for before: an update that changes nothing reads them.
  if (!hasAttributes(type, row, askedOf(compiled, type, row.name))) return 'update';
  return type.composite === undefined || isChildAsWanted(compiled, type.composite, row.name, row) ? 'same' : 'update';
}

/** A row with a digest stands as its own columns say: comparing these is cheaper than making digests of ten thousand others. */
export function isApplied(row: ResourceRecord, now: WantedNow): boolean {
  if (row.digest === null || now.wanted === null) return false;
  const { properties, metadata, deletionPolicy, externalId } = now.wanted;
  const isAsItStands =
    row.uncertain.length === 0 &&
    row.deletionPolicy === deletionPolicy &&
    externalIdOf(row) === externalId &&
    jsonEqual(row.properties, properties) &&
    jsonEqual(row.metadata, metadata);
  return isAsItStands || row.digest === now.digest();
}

function classify(type: ResourceType, row: ResourceRecord, wanted: Wanted): Change {
  // An update that is refused: what stands for another thing is neither changed nor replaced.
  if (externalIdOf(row) !== wanted.externalId) return 'update';
  const refusedInPlace = row.status === 'COMPLETE' ? row.pending : null;
  if (refusedInPlace !== null && jsonEqual(refusedInPlace, wanted.properties)) return 'replace';
  const { change } = classifyChange(type, row.properties, wanted.properties);
  return change === 'same' ? 'update' : change;
}

/** New values of the properties that differ from what was applied, and of those that a broken-off update may have changed. */
export function changedProperties(type: ResourceType, row: ResourceRecord): JsonObject {
  const target = row.pending ?? row.properties;
  const again = row.uncertain
    .filter((name) => type.properties[name]?.updatable === true)
    .map((name) => [name, target[name] ?? null] as const);
  return { ...Object.fromEntries(again), ...classifyChange(type, row.properties, target).changed };
}

/** Made anew by every update, also by one that changes nothing of it. */
export const isToBeRenewed = (row: ResourceRecord, stack: Pick<StackRecord, 'action' | 'traversal'>, registry: Registry): boolean =>
  registry.get(row.handler)?.isRenewed === true && RENEWING.includes(stack.action) && row.traversal < stack.traversal;
// A rollback brings back what was there: guests are not to say again what they have said.
const RENEWING: readonly StackRecord['action'][] = ['UPDATE', 'RESTORE'];

/** What is asked of a resource: names of attributes, or of a composite one selections. */
export const askedOf = (compiled: CompiledDefinition, type: ResourceType, name: string): ReadonlySet<string> =>
  type.composite === undefined ? compiled.usedAttributes(name) : compiled.usedSelections(name);

/** Whether everything that is asked of the resource was read when it was last made or changed. */
export function hasAttributes(type: ResourceType, row: ResourceRecord, used: ReadonlySet<string>): boolean {
  for (const name of askedAttributes(type, used)) if (row.attributes === null || !Object.hasOwn(row.attributes, name)) return false;
  return true;
}

/** `*` asks for every attribute of the type but `show` and hidden ones. */
export const askedAttributes = (type: ResourceType, used: ReadonlySet<string>): readonly string[] =>
  used.has('*') && type.composite === undefined
    ? [...used, ...Object.keys(type.attributes).filter((name) => !used.has(name) && isTold(type, name))].filter((name) => name !== '*')
    : [...used];

const isTold = (type: ResourceType, name: string): boolean => name !== 'show' && type.attributes[name]?.isHidden !== true;

function wantedFrom(compiled: CompiledDefinition, registry: Registry, name: string, references: References): WantedNow {
  const resource = compiled.bound.resources.get(name);
  if (resource === undefined) throw new Bug(`resource ${name} is not in definition ${compiled.id}`);
  const missing = new Set<string>();
  const resolved = resolveResource(compiled.bound, name, notingMissing(references, missing));
  // All that it requires stands by now, but for what a user has skipped.
  if (missing.size > 0) return { wanted: null, problem: `NotFound: ${missingText([...missing])}` };
  return resolvedWanted(compiled, registry, name, resolved);
}

const missingText = (names: readonly string[]): string =>
  `it needs ${names.join(', ')}, which was skipped and does not stand; skip it too, or update the stack to something without`;

/** The same answers; names that nothing stands for are noted. */
function notingMissing(references: References, missing: Set<string>): References {
  const noted = <T>(name: string, answer: T | undefined): T | undefined => {
    if (answer === undefined) missing.add(name);
    return answer;
  };
  return {
    ...references,
    referenceId: (name) => noted(name, references.referenceId(name)),
    attribute: (name, attribute) => noted(name, references.attribute(name, attribute)),
    attributeAt(name, attribute, path) {
      const answer = references.attributeAt?.(name, attribute, path) ?? null;
      if (answer !== null && answer.value === undefined) missing.add(name);
      return answer;
    },
    allAttributes: (name) => noted(name, references.allAttributes(name)),
  };
}

/** What its values, as far as they could be resolved, make of the resource. */
export function resolvedWanted(compiled: CompiledDefinition, registry: Registry, name: string, resolved: ResolvedResource): WantedNow {
  const errors = [...resolved.properties.diagnostics, ...resolved.metadata.diagnostics].filter((d) => d.severity === 'error');
  const type = typeOf(registry, handlerOf(compiled.implementations.get(name) as Implementation));
  if (resolved.externalId !== null) return wantedExternal(type, resolved, resolved.externalId);
  const checked = checkProperties(type, resolved.properties.value, { lenient: false, nullsMayBeTold: true, matchesPattern });
  if (errors.length > 0 || checked.problems.length > 0) {
    const problem = [...errors.map(insideText), ...checked.problems.map((p) => `${pathText(['properties', ...p.path])}: ${p.message}`)];
    return { wanted: null, problem: `${errors[0]?.type ?? 'StackValidationFailed'}: ${problem.join('; ')}` };
  }
  const { deletionPolicy } = resolved;
  const copy = compiled.environment.restored?.[name]?.copy ?? null;
  const properties = copy === null ? checked.props : (type.copies?.restored(checked.props, copy) ?? checked.props);
  const wanted: Wanted = { properties, metadata: resolved.metadata.value, deletionPolicy, externalId: null };
  return wantedNow(wanted);
}

/** Without the way to the resource, which every reason begins with. */
const insideText = ({ path, ...one }: Diagnostic): string => diagnosticText({ ...one, path: path.slice(2), position: null });

/** What is there already has the properties that it has: those in the template say nothing. */
function wantedExternal(type: ResourceType, { metadata, deletionPolicy }: ResolvedResource, externalId: string): WantedNow {
  const refused = (problem: string): WantedNow => ({ wanted: null, problem: `StackValidationFailed: ${problem}` });
  if (externalId === '') return refused('external_id: it is no text, or not known beforehand');
  if (type.composite !== undefined) return refused('external_id: a stack of its own cannot be had from outside');
  const { props } = checkProperties(type, {}, { lenient: true, matchesPattern });
  const wanted: Wanted = { properties: props, metadata: metadata.value, deletionPolicy, externalId };
  return wantedNow(wanted);
}

export function typeOf<C>(registry: Registry<C>, name: string): ResourceType<C> {
  const copied = copiedType(name);
  const type = registry.get(copied ?? name);
  if (type === null) throw new Bug(`resource type ${name} is not registered`);
  return copied === null ? type : copyTypeOf(type);
}

/** Guests take their time: what it waits for may be changed meanwhile. */
const isWaitingForSignals = (row: ResourceRecord, registry: Registry): boolean =>
  row.phase === 'waiting' && row.action !== 'DELETE' && registry.get(row.handler)?.awaitsSignals === true;

/** The planner's view of a row. A child stack that could not be made whole goes on from where it is; anything else is made anew. */
export const asActual = (row: ResourceRecord, registry: Registry): Actual => ({
  id: row.id,
  name: row.name,
  type: row.handler,
  requires: row.requires,
  // What was visited stands: its next change is an update.
  action: row.action === 'CREATE' || row.action === 'ADOPT' ? 'create' : row.action === 'DELETE' ? 'delete' : 'update',
  status:
    pendingHook(row) !== null
      ? 'waiting'
      : row.status === 'COMPLETE'
        ? 'complete'
        : row.status === 'FAILED'
          ? 'failed'
          : row.phase === 'waiting'
            ? 'waiting'
            : 'calling',
  replacedBy: row.replacedBy,
  traversal: row.traversal,
  isResumable: row.physicalId !== null && registry.get(row.handler)?.composite !== undefined,
  isSupersedable: registry.get(row.handler)?.composite !== undefined || pendingHook(row) !== null || isWaitingForSignals(row, registry),
  ...(isWaitingForSignals(row, registry) && pendingHook(row) === null && { isKeptWhenSame: true }),
  // What stopped before it was begun is nothing that could be changed.
  isUnhealthy: isUnhealthy(row) || isStoppedCreation(row),
  ...(isBetweenTries(row) && { isBetweenTries: true }),
  // What is gone has nothing to give.
  ...handOverOf(row, registry.get(row.handler), externalIdOf(row) !== null || row.drift?.state === 'gone'),
});
