/** One resource's change as it is told: its properties before and after, why, and what becomes of the thing that goes. */
import { type Json, type JsonObject, jsonEqual } from '@hearth/kernel';
import { mustBeMadeAnew } from '@hearth/planner';
import { classifyChange, type Registry, type ResourceType } from '@hearth/resource-kit';
import type { ResourceRecord } from '@hearth/store';
import { asActual, isApplied } from '../comparison.ts';
import { keepsCopy } from '../deletion.ts';
import { restriction } from '../hooks.ts';
import { externalIdOf, type Wanted } from '../transitions.ts';
import { type ChangeReason, type Deletion, HIDDEN, type PropertyChange, type ResourceChange } from './change-set.ts';
import { type Decided, isRenewedAt, type Wish } from './decided.ts';
import { type HiddenParts, hiddenParts, holdsAny, shownProperty } from './hidden-values.ts';
import type { Level } from './level.ts';
import { seenInCloud } from './seen-in-cloud.ts';
import { othersReplace } from './outlook.ts';

export function toldChange(level: Level, wish: Wish, decided: Decided): ResourceChange {
  const { compiled, desired } = wish;
  const { kind, maybe, row, outlook } = decided;
  const { wanted, problem } = outlook.wantedFor(row);
  const isTold = kind === 'updated' || kind === 'replaced' || kind === 'added';
  const properties = isTold && wanted !== null ? propertyChanges(level, wish, decided, wanted) : [];
  return {
    path: [...level.path, desired.name],
    type: compiled.bound.resources.get(desired.name)?.definition.type ?? '',
    rowId: row?.id ?? null,
    physicalId: row?.physicalId ?? null,
    kind,
    maybe,
    reason: row === null ? null : reasonOf(level.around.registry, wish, decided, row, properties),
    properties,
    seen: row === null ? null : seenInCloud(row, level.around.registry.get(row.handler), secretIn(level, wish)),
    deletion: kind === 'replaced' && row !== null ? deletionOf(row, level.around.registry) : null,
    failure: isTold ? (problem ?? (row === null ? null : refusalOf(level, wish, decided, row, wanted, properties))) : null,
  };
}

export function deletedChange(path: readonly string[], row: ResourceRecord, registry: Registry): ResourceChange {
  return {
    path: [...path, row.name],
    type: row.type,
    rowId: row.id,
    physicalId: row.physicalId,
    kind: 'deleted',
    maybe: [],
    reason: null,
    properties: [],
    // What is hidden in what goes is not looked for: all its values are kept back.
    seen: seenInCloud(row, registry.get(row.handler), () => true),
    deletion: deletionOf(row, registry),
    failure: null,
  };
}

export function deletionOf(row: ResourceRecord, registry: Registry): Deletion {
  if (externalIdOf(row) !== null) return 'left';
  if (row.deletionPolicy === 'retain') return 'retained';
  const type = registry.get(row.handler);
  return type !== null && keepsCopy(row, type) ? 'copied' : 'deleted';
}

/** Worked out only where something is to be shown. */
function hiddenIn(level: Level, { compiled, desired, type }: Wish): () => HiddenParts {
  let parts: HiddenParts | null = null;
  return () => {
    parts ??= hiddenParts([compiled, ...level.before], desired.name, type);
    return parts;
  };
}
function secretIn(level: Level, wish: Wish): (name: string, ...values: readonly Json[]) => boolean {
  const hidden = hiddenIn(level, wish);
  return (name, ...values) => hidden().isHidden(name) || values.some((value) => holdsAny(value, level.hidden));
}

function propertyChanges(level: Level, wish: Wish, decided: Decided, wanted: Wanted): readonly PropertyChange[] {
  const { type } = wish;
  const { row, outlook } = decided;
  const before: JsonObject = row?.properties ?? {};
  const isUnknown = (name: string): boolean => outlook.unknown.has(name);
  const isSecret = secretIn(level, wish);
  const replacing = replacingNames(type, row, outlook.unknown, wanted);
  const changes = differingNames(type, before, wanted.properties, outlook.unknown).map((name): PropertyChange => {
    const values = [before[name] ?? null, isUnknown(name) ? null : (wanted.properties[name] ?? null)] as const;
    const secret = isSecret(name, ...values);
    const [from, to] = values.map((value) => (secret && value !== null ? HIDDEN : shownProperty(type, name, value)));
    return {
      part: 'property',
      name,
      before: from ?? null,
      after: secret && isUnknown(name) ? HIDDEN : (to ?? null),
      isUnknown: isUnknown(name),
      isSecret: secret,
      replaces: replacing.has(name),
    };
  });
  return [...changes, ...otherChanges(level, decided, wanted, hiddenIn(level, wish))];
}

/** Without a row: everything that is given. */
function differingNames(type: ResourceType, before: JsonObject, after: JsonObject, unknown: ReadonlySet<string>): readonly string[] {
  const names = new Set([...Object.keys(type.properties), ...Object.keys(after), ...Object.keys(before)]);
  return [...names].filter((name) => unknown.has(name) || !jsonEqual(before[name] ?? null, after[name] ?? null));
}

function replacingNames(type: ResourceType, row: ResourceRecord | null, unknown: ReadonlySet<string>, wanted: Wanted): ReadonlySet<string> {
  if (row === null || row.handler !== type.name) return new Set();
  const { replacing } = classifyChange(type, row.properties, wanted.properties);
  return new Set([...replacing, ...othersReplace(type, row, unknown)]);
}

function otherChanges(level: Level, { row, outlook }: Decided, wanted: Wanted, hidden: () => HiddenParts): readonly PropertyChange[] {
  const changes: PropertyChange[] = [];
  const before = row?.metadata ?? {};
  const isUnknown = outlook.isMetadataUnknown;
  if (isUnknown || !jsonEqual(before, wanted.metadata)) {
    const isSecret = hidden().metadata || holdsAny(before, level.hidden) || holdsAny(wanted.metadata, level.hidden);
    const shown = (value: Json): Json => (isSecret ? HIDDEN : value);
    const after = isUnknown ? null : wanted.metadata;
    changes.push({
      part: 'metadata',
      name: 'metadata',
      before: row === null ? null : shown(before),
      after: shown(after),
      isUnknown,
      isSecret,
      replaces: false,
    });
  }
  const policy = row?.deletionPolicy ?? 'delete';
  if (policy !== wanted.deletionPolicy) {
    const was = row === null ? null : policy;
    const after = wanted.deletionPolicy;
    changes.push({
      part: 'deletion-policy',
      name: 'deletion-policy',
      before: was,
      after,
      isUnknown: false,
      isSecret: false,
      replaces: false,
    });
  }
  return changes;
}

function reasonOf(
  registry: Registry,
  { desired, type }: Wish,
  { kind, outlook }: Decided,
  row: ResourceRecord,
  properties: readonly PropertyChange[],
): ChangeReason | null {
  const because = (code: ChangeReason['code'], names: readonly string[] = []): ChangeReason => ({ code, properties: names });
  if (kind === 'replaced') {
    if (row.handler !== desired.type) return because('type');
    const actual = asActual(row, registry);
    if (actual.isUnhealthy === true) return because('unhealthy');
    if (mustBeMadeAnew(actual)) return because('creation-failed');
    if (isRenewedAt(row, registry)) return because('type-rule');
    const names = properties.filter((one) => one.replaces).map(({ name }) => name);
    const fixed = names.filter((name) => type.properties[name]?.updatable !== true);
    if (fixed.length > 0) return because('property', fixed);
    return names.length > 0 ? because('type-rule', names) : because('refused-in-place');
  }
  if (kind !== 'updated') return null;
  const names = properties.filter((one) => one.part === 'property').map(({ name }) => name);
  if (names.length > 0) return because('properties', names);
  const [other] = properties;
  if (other !== undefined) return because(other.part === 'metadata' ? 'metadata' : 'deletion-policy');
  if (!isApplied(row, outlook.wantedFor(row)) || row.status !== 'COMPLETE') return because('unfinished');
  return because(type.composite === undefined ? 'attributes' : 'nested-stack');
}

/** Why the engine will not do it; null: it will try. */
function refusalOf(
  level: Level,
  { compiled, desired }: Wish,
  { kind }: Decided,
  row: ResourceRecord,
  wanted: Wanted | null,
  properties: readonly PropertyChange[],
): string | null {
  if (wanted !== null && kind === 'updated' && externalIdOf(row) !== wanted.externalId)
    return `NotSupported: Update to property external_id of ${row.name} (${row.type}) is not supported.`;
  if (!level.isUpdate) return null;
  if (kind === 'replaced') return restriction('replace', desired.name, compiled.environment);
  const isChange = properties.some((one) => one.part === 'property');
  return kind === 'updated' && isChange ? restriction('update', desired.name, compiled.environment) : null;
}
