/** What a change of a composite resource does to the stack that it consists of, worked out from the definition that stack would get. */
import { asId, diagnosticText, isJsonObject, type Json, type JsonObject, type StackId } from '@hearth/kernel';
import {
  type ChildDefinition,
  type ChildView,
  type Composite,
  type CompositeInput,
  ResourceFailed,
  type ResourceType,
  type Selection,
} from '@hearth/resource-kit';
import type { ResourceRecord, StackSnapshot } from '@hearth/store';
import { exactPath, resolveOutput } from '@hearth/template';
import { answerOf } from '../child-answers.ts';
import { childMemoryOf, compositeInput, storedChild, type StoredChild, updatePolicyOf } from '../child-definition.ts';
import { childView } from '../child-view.ts';
import { type CompiledDefinition, handlerOf, tryCompile } from '../compiled.ts';
import { childIdOf, isThere, MAX_DEPTH } from '../nested.ts';
import { isTombstone, type Wanted } from '../transitions.ts';
import type { ResourceChange } from './change-set.ts';
import { type Foreseen, foreseenReferences, type ForeseenChild } from './foreseen.ts';
import { addTexts, hiddenTexts, withHiddenParameters } from './hidden-values.ts';
import type { Around, Level } from './level.ts';
import { deletedChange } from './told-change.ts';

/** What the levels below are asked with; given by the level itself, so that neither file needs the other. */
export type LevelChanges = (level: Level) => LevelResult;
export interface LevelResult {
  readonly changes: readonly ResourceChange[];
  readonly foreseen: ReadonlyMap<string, Foreseen>;
}

export type ChildOutcome =
  | { readonly kind: 'gone' }
  /** It is not touched. */
  | { readonly kind: 'there' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'changed'; readonly changes: readonly ResourceChange[]; readonly child: ForeseenChild };

export interface CompositePlace {
  readonly compiled: CompiledDefinition;
  readonly name: string;
  readonly type: ResourceType;
  /** Null: the child is made. */
  readonly row: ResourceRecord | null;
  readonly wanted: Wanted;
  /** Its properties; null stands for what is not known, and is passed on. */
  readonly partly: JsonObject;
  /** Names of properties that are not known yet. */
  readonly unknown: ReadonlySet<string>;
  /** Names of properties that must not be seen. */
  isHidden(property: string): boolean;
}

export function childChanges(level: Level, place: CompositePlace, changesOf: LevelChanges): ChildOutcome {
  const { compiled, name, type, row } = place;
  const composite = type.composite as Composite;
  const snapshot = row === null ? null : level.around.child(childIdOf(row));
  if (snapshot === undefined) return { kind: 'there' };
  if (row !== null && (snapshot === null || snapshot.stack.deletedAt !== null || snapshot.stack.action === 'DELETE'))
    return { kind: 'gone' };
  if (level.path.length + 1 > MAX_DEPTH) return { kind: 'failed', reason: `stacks may be nested ${MAX_DEPTH} deep` };
  const isKnown = level.isKnown && place.unknown.size === 0;
  try {
    const view = snapshot === null ? null : childView(snapshot, level.around.registry);
    const remembered = row === null ? {} : (childMemoryOf(row)?.memory ?? {});
    const input = compositeInput(compiled, name, place.partly, remembered, !isKnown);
    const memory = composite.remember?.(input, view) ?? input.memory;
    const goal = composite.definition({ ...input, memory });
    const stored = storedChild(compiled, { name, ...place.wanted }, goal);
    if (snapshot !== null && isKnown && isThere(snapshot, stored)) return { kind: 'there' };
    const next = childLevel(level, place, snapshot, stored, isKnown);
    if (typeof next === 'string') return { kind: 'failed', reason: next };
    const { changes, foreseen } = changesOf(next);
    const passing = view === null || !isKnown ? [] : passingMembers(level, place, { ...input, memory }, view, goal);
    return {
      kind: 'changed',
      changes: [...changes, ...passing],
      child: foreseenChild(next, { composite, name, memory, view, stored }, foreseen),
    };
  } catch (error) {
    if (!(error instanceof ResourceFailed)) throw error;
    return { kind: 'failed', reason: error.type === '' ? error.message : `${error.type}: ${error.message}` };
  }
}

/** More batches are not followed. */
const MOST_BATCHES = 500;

/** Members that a rolling update makes so that enough are in service, and deletes again at its end. */
function passingMembers(
  level: Level,
  place: CompositePlace,
  input: CompositeInput,
  view: ChildView,
  goal: ChildDefinition,
): readonly ResourceChange[] {
  const batch = place.type.composite?.batch;
  if (batch === undefined) return [];
  const updatePolicy = updatePolicyOf(place.compiled, place.name);
  const lasting = new Set([...view.names, ...Object.keys(membersIn(goal.template))]);
  const passing = new Map<string, string>();
  let { template } = view;
  for (let batches = 0; batches < MOST_BATCHES; batches++) {
    const next = batch({ ...input, action: 'UPDATE', updatePolicy, child: { ...view, template } });
    ({ template } = next.definition);
    for (const [name, member] of Object.entries(membersIn(template)))
      if (!lasting.has(name)) passing.set(name, isJsonObject(member) ? String(member['type']) : '');
    if (next.pauseMs === null) break;
  }
  return [...passing].flatMap(([name, type]) => {
    const nothing = { rowId: null, physicalId: null, maybe: [], properties: [], seen: null, failure: null };
    const made = { ...nothing, path: [...level.path, place.name, name], type };
    const reason = { code: 'rolling-update', properties: [] } as const;
    return [
      { ...made, kind: 'added', reason, deletion: null } as const,
      { ...made, kind: 'deleted', reason, deletion: 'deleted' } as const,
    ];
  });
}

const membersIn = (template: JsonObject): JsonObject =>
  isJsonObject(template['resources'] ?? null) ? (template['resources'] as JsonObject) : {};

/** Names whose values a stack has only once it is made. */
const OWN_NAMES = ['OS::stack_id', 'OS::stack_name', 'AWS::StackId', 'AWS::StackName'];

function childLevel(
  level: Level,
  place: CompositePlace,
  snapshot: StackSnapshot | null,
  stored: StoredChild,
  isKnown: boolean,
): Level | string {
  const { around } = level;
  const hidden = new Set(level.hidden);
  for (const [property, value] of Object.entries(place.wanted.properties)) if (place.isHidden(property)) addTexts(value, hidden);
  const stackName = snapshot?.stack.name ?? `${level.stackName}-${place.name}`;
  const stack = { id: snapshot?.stack.id ?? asId<StackId>('None'), name: stackName, projectId: around.projectId };
  const { compiled, diagnostics } = tryCompile({ id: asId('unsaved'), ...stored }, stack, around.registry, isKnown);
  if (compiled === null) return `StackValidationFailed: ${diagnostics.map(diagnosticText).join('; ')}`;
  for (const [name, implementation] of compiled.implementations)
    if (around.registry.get(handlerOf(implementation)) === null)
      return `StackValidationFailed: resources.${name}: the resource type (${handlerOf(implementation)}) could not be found`;
  const wanted = withHiddenParameters(withUnknown(compiled, stored, isKnown, snapshot === null), hidden);
  const before = snapshot === null ? [] : presentDefinitions(snapshot, around, hidden);
  const texts = [wanted, ...before].reduce((found, { bound }) => hiddenTexts(bound, found), hidden as ReadonlySet<string>);
  const rows = snapshot?.resources ?? [];
  const { isWidest, isUpdate } = level;
  return { around, path: [...level.path, place.name], stackName, wanted, before, rows, isKnown, isWidest, hidden: texts, isUpdate };
}

/** Parameters that were given what is not known have no value. */
function withUnknown(compiled: CompiledDefinition, { environment }: StoredChild, isKnown: boolean, isNew: boolean): CompiledDefinition {
  const given = isJsonObject(environment['parameters']) ? environment['parameters'] : {};
  const isOpen = (name: string): boolean =>
    (!isKnown && name in given && holdsNull(given[name] ?? null)) || (isNew && OWN_NAMES.includes(name));
  const parameters = [...compiled.bound.parameters].filter(([name]) => !isOpen(name));
  return { ...compiled, bound: { ...compiled.bound, parameters: new Map(parameters) } };
}

const holdsNull = (value: Json): boolean =>
  value === null || (typeof value === 'object' && Object.values(value).some((item: Json) => holdsNull(item)));

function presentDefinitions(
  { stack, definitions }: StackSnapshot,
  around: Around,
  hidden: ReadonlySet<string>,
): readonly CompiledDefinition[] {
  return definitions.flatMap((record) => {
    const { compiled } = tryCompile(record, stack, around.registry, false);
    return compiled === null ? [] : [withHiddenParameters(compiled, hidden)];
  });
}

/** Ends the answer to a question about what is not known. */
class NotKnown extends Error {}

interface Asked {
  readonly composite: Composite;
  readonly name: string;
  readonly memory: JsonObject;
  readonly view: ChildView | null;
  readonly stored: Pick<ChildDefinition, 'template'>;
}

/** What the child will answer once it has changed. */
function foreseenChild(
  level: Level,
  { composite, name, memory, view, stored }: Asked,
  foreseen: ReadonlyMap<string, Foreseen>,
): ForeseenChild {
  const { bound } = level.wanted as CompiledDefinition;
  const ask = <T>(question: (child: ChildView) => T): { readonly result: T | undefined; readonly doubtful: boolean } => {
    const doubts = { met: false };
    const references = foreseenReferences((one) => foreseen.get(one) ?? null, level.around.registry, 'told', doubts);
    const known = <V>(value: V | undefined): V => {
      if (value === undefined) throw new NotKnown();
      return value;
    };
    const child: ChildView = {
      resourceName: name,
      stackId: view?.stackId ?? '',
      name: level.stackName,
      projectId: level.around.projectId,
      template: stored.template,
      names: [...bound.resources.keys()],
      referenceId: (one) => known(references.referenceId(one)),
      attribute(one, [attribute, ...path]) {
        const selected = references.attributeAt?.(one, attribute, path) ?? null;
        if (selected?.problem != null) throw new ResourceFailed(selected.problem.message, selected.problem.type);
        if (selected !== null) return known(selected.value);
        return exactPath(known(references.attribute(one, attribute)), path) ?? null;
      },
      output(one) {
        if (!bound.outputs.has(one)) return undefined;
        const resolved = resolveOutput(bound, one, references);
        if (resolved.unknown) throw new NotKnown();
        const wrong = resolved.diagnostics.find((diagnostic) => diagnostic.severity === 'error');
        if (wrong !== undefined) throw new ResourceFailed(wrong.message, 'TemplateOutputError');
        return resolved.value;
      },
      outputNames: [...bound.outputs.keys()],
    };
    try {
      return { result: question(child), doubtful: doubts.met };
    } catch (error) {
      if (!(error instanceof NotKnown)) throw error;
      return { result: undefined, doubtful: false };
    }
  };
  return {
    referenceId() {
      const { result, doubtful } = ask((child) => composite.referenceId?.(child) ?? view?.stackId ?? null);
      return { value: result ?? undefined, problem: null, doubtful };
    },
    answer(key) {
      const [attribute, ...path] = JSON.parse(key) as Selection;
      const { result, doubtful } = ask((child) => answerOf(composite, [attribute, ...path], child, memory));
      return result === undefined ? { value: undefined, problem: null, doubtful } : { ...result, doubtful };
    },
  };
}

/** Everything below a row that is deleted; a retained one keeps its stack whole. */
export function deletedBelow(around: Around, path: readonly string[], row: ResourceRecord): readonly ResourceChange[] {
  if (around.registry.get(row.handler)?.composite === undefined || row.deletionPolicy === 'retain') return [];
  const snapshot = around.child(childIdOf(row));
  if (snapshot == null || snapshot.stack.deletedAt !== null) return [];
  const below = [...path, row.name];
  return snapshot.resources
    .filter((one) => !isTombstone(one) && one.snapshotId === null)
    .flatMap((one) => [deletedChange(below, one, around.registry), ...deletedBelow(around, below, one)]);
}
