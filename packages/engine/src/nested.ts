/**
 * One step on a composite resource: its child stack is made, changed, watched and deleted by writes that go with the row, in one commit. So there is
 * no call that could be lost, and nothing to look for afterwards. A child's id is the id of its row.
 */
import { asId, type DefinitionId, diagnosticText, type EventId, jsonEqual, type Json, type JsonObject, type StackId } from '@hearth/kernel';
import { type Batch, type ChildView, type Composite, type CompositeInput, type Registry, ResourceFailed } from '@hearth/resource-kit';
import type { BoundDefinition } from '@hearth/template';
import {
  type ChildState,
  type ChildWrite,
  exceptionsBelow,
  exceptionsOfDeletion,
  type ResourceAction,
  type ResourceRecord,
  type StackRecord,
  type StackSnapshot,
  type VisitAction,
} from '@hearth/store';
import { answerOf, keptAnswers } from './child-answers.ts';
import { childDigest, childMemoryOf, compositeInput, storedChild, type StoredChild, updatePolicyOf } from './child-definition.ts';
import { childView } from './child-view.ts';
import { type CompiledDefinition, handlerOf, tryCompile } from './compiled.ts';
import { mendsBelow } from './drift.ts';
import type { Effect, EffectPorts } from './effect.ts';
import { failuresBelow } from './failure-reason.ts';
import { isForcedDeletion } from './left-behind.ts';
import type { Outcome } from './outcome.ts';
import { isVisitAction } from './visits.ts';

/** As Heat: a root stack may have children down to this depth. */
export const MAX_DEPTH = 5;
/** The child's end is told; this is for hints that got lost. */
const LOOK_AGAIN_MS = 15_000;

/** What a wait for a child remembers. */
interface Token extends JsonObject {
  /** The definition that the child was told to become; null while it is deleted. */
  readonly definitionId: string | null;
  /** Not null: another batch follows, so long after this one. */
  readonly pauseMs: number | null;
  /** When that pause is over. */
  readonly resumeAt: number | null;
}

interface Place<C> {
  readonly row: ResourceRecord;
  readonly composite: Composite;
  /** Null when the traversal no longer wants the resource. */
  readonly compiled: CompiledDefinition | null;
  readonly ports: EffectPorts<C>;
}

export async function performNested<C>(effect: Effect, composite: Composite, ports: EffectPorts<C>): Promise<Outcome> {
  const { row, kind } = effect;
  if (kind === 'verify') return { kind: 'verified' };
  const target = ports.target();
  const compiled = target?.bound.resources.has(row.name) === true ? target : null;
  const place: Place<C> = { row, composite, compiled, ports };
  if (row.action === 'DELETE') return kind === 'begin' ? beginDelete(place) : checkDelete(place);
  if (isVisitAction(row.action)) return kind === 'begin' ? beginVisit(place, row.action) : checkVisit(place, row.action);
  return kind === 'begin' ? begin(place) : check(place, row.token as Token);
}

const isMade = ({ action }: ResourceRecord): boolean => action === 'CREATE' || action === 'ADOPT';

export const childIdOf = (row: ResourceRecord): StackId => asId<StackId>(row.physicalId ?? row.id);

async function stateOf<C>({ row, ports }: Place<C>): Promise<ChildState | null> {
  const [state] = await ports.store.childStates([childIdOf(row)]);
  return state === undefined || state.deletedAt !== null ? null : state;
}

async function loadChild<C>({ row, ports }: Place<C>): Promise<StackSnapshot | null> {
  const snapshot = await ports.store.load(childIdOf(row));
  return snapshot === null || snapshot.stack.deletedAt !== null || snapshot.stack.action === 'DELETE' ? null : snapshot;
}

async function begin<C>(place: Place<C>): Promise<Outcome> {
  const { row, composite, compiled } = place;
  if (compiled === null) throw new ResourceFailed('the resource is no longer wanted');
  const props = row.pending ?? row.properties;
  if (isMade(row)) {
    // What was adopted remembers which members it has.
    const known = row.action === 'ADOPT' ? (childMemoryOf(row)?.memory ?? null) : null;
    const memory = known ?? composite.remember?.(compositeInput(compiled, row.name, props, {}), null) ?? {};
    return advance(place, compiled, compositeInput(compiled, row.name, props, memory), null);
  }
  const snapshot = await loadChild(place);
  if (snapshot === null) return { kind: 'replace', reason: 'the nested stack is gone' };
  const view = childView(snapshot, place.ports.registry);
  const input = compositeInput(compiled, row.name, props, childMemoryOf(row)?.memory ?? {});
  const memory = composite.remember?.(input, view) ?? input.memory;
  return advance(place, compiled, { ...input, memory }, { snapshot, view });
}

interface Present {
  readonly snapshot: StackSnapshot;
  readonly view: ChildView | null;
}

/** Brings the child to the next batch of what is wanted; done when it is there already. */
function advance<C>(place: Place<C>, compiled: CompiledDefinition, input: CompositeInput, present: Present | null): Outcome {
  const { row, composite, ports } = place;
  const action = isMade(row) ? 'CREATE' : 'UPDATE';
  const batch: Batch = composite.batch?.({
    ...input,
    action,
    updatePolicy: updatePolicyOf(compiled, row.name),
    child: present?.view ?? null,
  }) ?? { definition: composite.definition(input), pauseMs: null };
  const next = storedChild(compiled, row, batch.definition);
  const goal = storedChild(compiled, row, composite.definition(input));
  const exceptions = exceptionsBelow(ports.stack.exceptions, row.name);
  // What is left out now is looked at by the next update.
  const leftOut = exceptions === null ? {} : { leftOut: true };
  const data: JsonObject = { ...row.data, child: { digest: childDigest(goal), memory: input.memory, ...leftOut } };
  const definitionId = asId<DefinitionId>(ports.random.uuid());
  const stackId = childIdOf(row);
  // On the way to the first batch, what drifted in it is brought back.
  const mends = row.phase === 'calling' ? mendsBelow(ports.stack, row.name) : null;
  if (
    present !== null &&
    mends === null &&
    isThere(present.snapshot, next) &&
    (exceptions !== null || present.snapshot.stack.exceptions === null)
  ) {
    const { definitionId: known } = present.snapshot.stack;
    if (batch.pauseMs === null) return completed({ ...place, row: { ...row, data } }, compiled, present.view);
    return waiting(stackId, data, { definitionId: known, pauseMs: batch.pauseMs, resumeAt: null }, 0);
  }
  const child = { id: stackId, name: row.physicalName, projectId: ports.stack.projectId };
  const description = checkChild(next, child, place, present?.snapshot ?? null);
  const definition = { id: definitionId, stackId, number: 1, ...next };
  const timeoutMins = batch.definition.timeoutMins ?? ports.stack.timeoutMins;
  const now = ports.timers.now();
  const write: ChildWrite =
    present === null
      ? {
          kind: 'create',
          stack: newChild(place, definitionId, description, timeoutMins),
          definition,
          event: eventOf(place, row.action, now),
        }
      : {
          kind: 'update',
          definition,
          patch: {
            description,
            statusReason: 'Stack UPDATE started',
            rollbackDefinitionId: null,
            timeoutMins,
            disableRollback: true,
            tags: null,
            updatedAt: now,
            deadlineAt: deadlineOf(ports.stack, timeoutMins, now),
            ...(mends !== null && { mends }),
            exceptions,
            adopting: ports.stack.adopting,
          },
          event: eventOf(place, 'UPDATE', now),
        };
  return waiting(stackId, data, { definitionId, pauseMs: batch.pauseMs, resumeAt: null }, LOOK_AGAIN_MS, write);
}

/** Whether the child is what it is to become, and whole: a visit that went well says nothing of what was never made. */
export const isThere = ({ stack, definitions }: StackSnapshot, next: StoredChild): boolean => {
  const present = definitions.find((definition) => definition.id === stack.definitionId);
  const isReached = stack.status === 'COMPLETE' && stack.rollbackDefinitionId === stack.definitionId;
  if (!isReached || present === undefined) return false;
  const { template, environment, files } = present;
  return childDigest({ template, environment, files }) === childDigest(next);
};

/** A child that could not even begin fails its resource at once, with everything that is wrong. Gives the template's description. */
function checkChild<C>(
  next: StoredChild,
  child: Pick<StackRecord, 'id' | 'name' | 'projectId'>,
  { ports }: Place<C>,
  before: StackSnapshot | null,
): string {
  if (ports.stack.depth + 1 > MAX_DEPTH)
    throw new ResourceFailed(`stacks may be nested ${MAX_DEPTH} deep, and this one would be deeper`, 'RequestLimitExceeded');
  const { compiled, diagnostics } = tryCompile({ id: asId<DefinitionId>(child.id), ...next }, child, ports.registry);
  if (compiled === null) throw new ResourceFailed(diagnostics.map(diagnosticText).join('; '), 'StackValidationFailed');
  for (const [name, implementation] of compiled.implementations) {
    if (ports.registry.get(handlerOf(implementation)) === null)
      throw new ResourceFailed(
        `resources.${name}: the resource type (${handlerOf(implementation)}) could not be found`,
        'StackValidationFailed',
      );
  }
  if (before !== null) refuseChanged(presentBound(before, ports.registry), compiled.bound);
  return compiled.bound.definition.description;
}

function presentBound({ stack, definitions }: StackSnapshot, registry: Registry): BoundDefinition | null {
  const record = definitions.find((definition) => definition.id === stack.definitionId);
  return record === undefined ? null : (tryCompile(record, stack, registry).compiled?.bound ?? null);
}

/** Parameters marked immutable keep the value they have. */
function refuseChanged(before: BoundDefinition | null, after: BoundDefinition): void {
  const changed = [...after.definition.parameters.values()].filter(({ name, immutable }) => {
    const value = before?.parameters.get(name);
    return immutable && value !== undefined && !jsonEqual(value, after.parameters.get(name) ?? null);
  });
  if (changed.length > 0)
    throw new ResourceFailed(
      `The following parameters are immutable and may not be updated: ${changed.map(({ name }) => name).join(', ')}`,
      '',
    );
}

const deadlineOf = (parent: StackRecord, timeoutMins: number, now: number): number =>
  Math.min(now + timeoutMins * 60_000, parent.deadlineAt ?? Number.POSITIVE_INFINITY);

function newChild<C>({ row, ports }: Place<C>, definitionId: DefinitionId, description: string, timeoutMins: number): StackRecord {
  const { stack: parent, timers } = ports;
  const now = timers.now();
  return {
    id: childIdOf(row),
    projectId: parent.projectId,
    name: row.physicalName,
    parentId: parent.id,
    parentResource: row.name,
    rootId: parent.rootId,
    depth: parent.depth + 1,
    description,
    action: row.action === 'ADOPT' ? 'ADOPT' : 'CREATE',
    status: 'IN_PROGRESS',
    statusReason: `Stack ${row.action} started`,
    targetDefinitionId: definitionId,
    definitionId,
    rollbackDefinitionId: null,
    traversal: 1,
    timeoutMins,
    disableRollback: true,
    tags: null,
    ownerName: parent.ownerName,
    userId: parent.userId,
    credentialId: parent.credentialId,
    createdAt: now,
    updatedAt: null,
    deletedAt: null,
    deadlineAt: deadlineOf(parent, timeoutMins, now),
    haltReason: null,
    exceptions: null,
    looksAskedAt: 0,
    mending: null,
    snapshotId: null,
    adopting: parent.adopting,
    wakeVersion: 1,
  };
}

function eventOf<C>({ row, ports }: Place<C>, action: ResourceAction, now: number) {
  return {
    id: asId<EventId>(ports.random.uuid()),
    stackId: childIdOf(row),
    resourceName: row.physicalName,
    resourceType: 'OS::Heat::Stack',
    physicalId: childIdOf(row),
    action,
    status: 'IN_PROGRESS',
    reason: `Stack ${action} started`,
    at: now,
  };
}

function waiting(physicalId: string, data: JsonObject | null, token: Token, afterMs: number, child?: ChildWrite): Outcome {
  return { kind: 'wait', physicalId, data, token, afterMs, saw: 'nested stack in progress', ...(child === undefined ? {} : { child }) };
}

async function check<C>(place: Place<C>, token: Token): Promise<Outcome> {
  const { row, compiled, ports } = place;
  const state = await stateOf(place);
  if (state === null || state.action === 'DELETE') throw new ResourceFailed('the nested stack was deleted', 'NotFound');
  const again = waiting(childIdOf(row), null, token, LOOK_AGAIN_MS);
  if (state.status === 'IN_PROGRESS') return again;
  if (state.status === 'FAILED') throw childFailure(state.statusReason);
  if (compiled === null) return { kind: 'done', physicalId: row.physicalId, data: null, attributes: null };
  const now = ports.timers.now();
  if (token.pauseMs !== null && token.pauseMs > 0) {
    const resumeAt = token.resumeAt ?? now + token.pauseMs;
    if (resumeAt > now) return waiting(childIdOf(row), null, { ...token, resumeAt }, resumeAt - now);
  }
  const isSettled = token.pauseMs === null && state.definitionId === token.definitionId;
  if (isSettled && !needsView(place, compiled)) return completed(place, compiled, null);
  const snapshot = await loadChild(place);
  if (snapshot === null || snapshot.stack.status === 'IN_PROGRESS') return again;
  const view = childView(snapshot, ports.registry);
  if (isSettled) return completed(place, compiled, view);
  const memory = childMemoryOf(row)?.memory ?? {};
  return advance(place, compiled, compositeInput(compiled, row.name, row.pending ?? row.properties, memory), { snapshot, view });
}

const needsView = <C>({ composite, row }: Place<C>, compiled: CompiledDefinition): boolean =>
  composite.referenceId !== undefined || compiled.usedSelections(row.name).size > 0;

function completed<C>({ row, composite }: Place<C>, compiled: CompiledDefinition, view: ChildView | null): Outcome {
  if (view === null) return { kind: 'done', physicalId: row.physicalId, data: row.data, attributes: null };
  const memory = childMemoryOf(row)?.memory ?? {};
  const { asked } = compositeInput(compiled, row.name, {}, memory);
  const answers = asked.map((selection) => [JSON.stringify(selection), answerOf(composite, selection, view, memory)] as const);
  const kept = keptAnswers(row.data, answers);
  const referenceId: Json = composite.referenceId?.(view) ?? null;
  const data = { ...kept.data, ...(referenceId === null ? {} : { referenceId }) };
  return { kind: 'done', physicalId: row.physicalId, data, attributes: answers.length === 0 ? null : kept.attributes };
}

/** What failed below has types of its own: the path goes on in the parent's. */
const childFailure = (reason: string): ResourceFailed => new ResourceFailed(failuresBelow(reason), '');

async function beginDelete<C>(place: Place<C>): Promise<Outcome> {
  const { row, ports } = place;
  const gone: Outcome = { kind: 'done', physicalId: row.physicalId, data: null, attributes: null };
  if (row.deletionPolicy === 'retain') return gone;
  const state = await stateOf(place);
  if (state === null) return gone;
  const now = ports.timers.now();
  const stackId = childIdOf(row);
  const deadlineAt = deadlineOf(ports.stack, ports.stack.timeoutMins, now);
  const event = eventOf(place, 'DELETE', now);
  const statusReason = 'Stack DELETE started';
  const exceptions = exceptionsOfDeletion(ports.stack, row.name);
  const { adopting } = ports.stack;
  const write: ChildWrite = { kind: 'delete', stackId, statusReason, updatedAt: now, deadlineAt, event, exceptions, adopting };
  return waiting(stackId, null, { definitionId: null, pauseMs: null, resumeAt: null }, LOOK_AGAIN_MS, write);
}

async function checkDelete<C>(place: Place<C>): Promise<Outcome> {
  const state = await stateOf(place);
  if (state === null) return { kind: 'done', physicalId: place.row.physicalId, data: null, attributes: null };
  if (state.action !== 'DELETE') return beginDelete(place);
  // Somebody asked for less meanwhile: where all goes in any case, it is told again.
  if (state.status === 'FAILED' && isForcedDeletion(place.ports.stack)) return beginDelete(place);
  if (state.status === 'FAILED') throw childFailure(state.statusReason);
  return waiting(childIdOf(place.row), null, place.row.token as Token, LOOK_AGAIN_MS);
}

const NO_DEFINITION: Token = { definitionId: null, pauseMs: null, resumeAt: null };

async function beginVisit<C>(place: Place<C>, action: VisitAction): Promise<Outcome> {
  const { ports } = place;
  if ((await stateOf(place)) === null) throw new ResourceFailed('the nested stack was deleted', 'NotFound');
  const now = ports.timers.now();
  const stackId = childIdOf(place.row);
  const deadlineAt = deadlineOf(ports.stack, ports.stack.timeoutMins, now);
  const event = eventOf(place, action, now);
  const exceptions = exceptionsBelow(ports.stack.exceptions, place.row.name);
  const statusReason = `Stack ${action} started`;
  const { snapshotId } = ports.stack;
  const kept = action === 'SNAPSHOT' && snapshotId !== null ? { snapshotId } : {};
  const write: ChildWrite = { kind: 'visit', stackId, action, statusReason, updatedAt: now, deadlineAt, event, exceptions, ...kept };
  return waiting(stackId, null, NO_DEFINITION, LOOK_AGAIN_MS, write);
}

async function checkVisit<C>(place: Place<C>, action: VisitAction): Promise<Outcome> {
  const state = await stateOf(place);
  if (state === null || state.action === 'DELETE') throw new ResourceFailed('the nested stack was deleted', 'NotFound');
  if (state.status === 'IN_PROGRESS') return waiting(childIdOf(place.row), null, NO_DEFINITION, LOOK_AGAIN_MS);
  // Somebody did something else with the child meanwhile: it is told again.
  if (state.action !== action) return beginVisit(place, action);
  if (state.status === 'FAILED') throw childFailure(state.statusReason);
  return { kind: 'done', physicalId: place.row.physicalId, data: null, attributes: null };
}
