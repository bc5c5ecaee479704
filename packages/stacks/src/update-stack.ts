/** Updating a stack: a new definition becomes the wanted one, whatever is under way. `replace` is HTTP's PUT, `patch` its PATCH. */
import { asId, Bug, isJsonObject, jsonEqual, Refusal, type DefinitionId, type Json } from '@hearth/kernel';
import {
  findDefinition,
  nextDefinitionNumber,
  noteVersion,
  requestUpdate,
  type DefinitionRecord,
  type Queryable,
  type StackRecord,
} from '@hearth/store';
import { bindDefinition, parseTemplate, type BoundDefinition, type Definition } from '@hearth/template';
import type { Caller } from './caller.ts';
import { checkedDefinition } from './checked-definition.ts';
import { checkTimeout } from './create-stack.ts';
import { definitionSources, type Present } from './definition-sources.ts';
import { writeExchange } from './exchange.ts';
import { keepCompiled } from './keep-compiled.ts';
import { lockOwnLiveStack, ownLiveStack, type StackKey } from './own-stack.ts';
import type { StackPorts } from './ports.ts';
import { invalid, notSupported } from './refusals.ts';
import { refuseForbiddenTypes } from './stack-policy.ts';
import { deadline, startedEvent, startedReason } from './stack-event.ts';
import { environmentAsJson, environmentFromJson, nestingOf, NOTHING_SENT, type DefinitionInput, hasTemplate } from './stack-input.ts';

export interface UpdateStack extends DefinitionInput {
  readonly mode: 'replace' | 'patch';
  /** Null: as it is. */
  readonly timeoutMins: number | null;
  /** Null: as it is. */
  readonly disableRollback: boolean | null;
  /** Null: none, or as they are for a patch. */
  readonly tags: readonly string[] | null;
  /** Stored values a patch drops, so that defaults apply. */
  readonly clearParameters: readonly string[];
  /** Paths of resources that are looked at first and brought back where they drifted; none: all of them. Absent: as the operator says. */
  readonly mends?: readonly string[];
}
/** Definition and terms stay as they are. */
export const AS_IT_IS: UpdateStack = {
  ...NOTHING_SENT,
  mode: 'patch',
  timeoutMins: null,
  disableRollback: null,
  tags: null,
  clearParameters: [],
};

/** How often a request is checked anew because another one got in between. */
const ATTEMPTS = 5;

export interface UpdateMore {
  /** A definition that the stack had before, which the request is laid over. */
  readonly version?: DefinitionRecord;
  /** What else belongs to the transaction, in which the stack is locked. */
  readonly besides?: (tx: Queryable, locked: StackRecord) => Promise<void>;
}

export async function updateStack(
  ports: StackPorts,
  caller: Caller,
  key: StackKey,
  request: UpdateStack,
  more: UpdateMore = {},
): Promise<StackRecord> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const updated = await tryUpdate(ports, caller, key, request, more);
    if (updated !== null) return updated;
  }
  throw new Refusal('conflict', 'ActionInProgress', `The Stack (${key.name ?? key.id}) is being changed by other requests; try again.`);
}

/** What an update leads to, checked and not written yet. */
export interface PreparedUpdate extends PreparedDefinition {
  /** As it was when this was prepared. */
  readonly stack: StackRecord;
  readonly present: DefinitionRecord;
}
/** A definition that may be stored as it is. */
export interface PreparedDefinition {
  readonly contents: Pick<DefinitionRecord, 'template' | 'environment' | 'files'>;
  readonly description: string;
  /** Export names, each with the name of its output. */
  readonly exports: ReadonlyMap<string, string>;
  /** What it was checked with; absent: that was long ago. */
  readonly bound?: BoundDefinition;
}

/** `version`: a definition that the stack had before, which a patch is laid over. */
export async function preparedUpdate(
  ports: StackPorts,
  caller: Caller,
  key: StackKey,
  request: UpdateStack,
  version: DefinitionRecord | null = null,
): Promise<PreparedUpdate> {
  checkTimeout(request.timeoutMins);
  const stack = await ownLiveStack(ports.database, caller, key);
  checkMayUpdate(stack);
  const present = await presentDefinition(ports, stack);
  refuseForbiddenTypes(caller, present.template);
  const wanted = await definitionSources(ports, caller, request, request.mode === 'patch' ? laidUnder(request, version ?? present) : null);
  const owner: Caller = { ...caller, projectId: stack.projectId };
  const nesting = nestingOf(present.environment, { isSameTemplate: request.mode === 'patch' && !hasTemplate(request), stack });
  const facade = isJsonObject(nesting['facade']) ? nesting['facade'] : null;
  const { bound, taken } = await checkedDefinition(ports, owner, { ...wanted, facade, stackId: stack.id, stackName: stack.name });
  checkImmutable(stack, present, bound);
  return {
    stack,
    present,
    contents: {
      template: wanted.definition.raw,
      environment: { ...nesting, ...environmentAsJson(wanted.environment, taken) },
      files: wanted.files,
    },
    description: wanted.definition.description,
    exports: bound.exports,
    bound,
  };
}

/** Null when the stack's definition changed while this one was being checked. */
async function tryUpdate(
  ports: StackPorts,
  caller: Caller,
  key: StackKey,
  request: UpdateStack,
  { version, besides = async () => {} }: UpdateMore,
): Promise<StackRecord | null> {
  const prepared = await preparedUpdate(ports, caller, key, request, version ?? null);
  return ports.database.transaction(async (tx) => {
    const locked = await lockOwnLiveStack(tx, caller, key);
    checkMayUpdate(locked);
    if (locked.definitionId !== prepared.stack.definitionId) return null;
    const mends = request.mends ?? (ports.observesOnUpdate === true ? [] : undefined);
    await besides(tx, locked);
    const terms = { ...request, ...(mends !== undefined && { mends }), returnsTo: version?.number ?? null };
    return writeUpdate(ports, tx, { locked, by: caller.userName }, prepared, terms);
  });
}

/** What an update says besides the definition. */
export type UpdateTerms = Pick<UpdateStack, 'mode' | 'timeoutMins' | 'disableRollback' | 'tags' | 'mends'> & {
  /** It goes back to a snapshot. */
  readonly restores?: true;
  /** The number of the version that it goes back to. */
  readonly returnsTo?: number | null;
};

/** Part of a transaction that has locked the stack, and checked that it may be updated. */
export async function writeUpdate(
  ports: StackPorts,
  tx: Queryable,
  { locked, by }: { readonly locked: StackRecord; readonly by: string },
  { contents, description, exports, bound }: PreparedDefinition,
  terms: UpdateTerms,
): Promise<StackRecord> {
  const action = terms.restores === true ? 'RESTORE' : 'UPDATE';
  const now = ports.clock.now();
  const timeoutMins = terms.timeoutMins || locked.timeoutMins;
  const number = await nextDefinitionNumber(tx, locked.id);
  const definition: DefinitionRecord = { id: asId<DefinitionId>(ports.random.uuid()), stackId: locked.id, number, ...contents };
  keepCompiled(ports, definition, bound);
  const patch = {
    description,
    statusReason: startedReason(action),
    rollbackDefinitionId: rollbackTarget(locked),
    timeoutMins,
    disableRollback: terms.disableRollback ?? locked.disableRollback,
    tags: terms.tags ?? (terms.mode === 'patch' ? locked.tags : null),
    updatedAt: now,
    deadlineAt: deadline(now, timeoutMins),
    ...(terms.restores === true && { restores: terms.restores }),
  };
  await requestUpdate(tx, ports.secretBox, definition, { ...patch, mends: terms.mends ?? null }, startedEvent(ports, locked, action, now));
  await noteVersion(tx, definition.id, by, terms.returnsTo ?? null);
  await writeExchange(tx, locked.projectId, definition, exports);
  return {
    ...locked,
    ...patch,
    action,
    status: 'IN_PROGRESS',
    targetDefinitionId: definition.id,
    definitionId: definition.id,
    traversal: locked.traversal + 1,
    wakeVersion: locked.wakeVersion + 1,
  };
}

export function checkMayUpdate(stack: StackRecord): void {
  if (stack.action === 'DELETE' || stack.action === 'SUSPEND')
    throw notSupported(`Updating a stack when it is ${stack.action}_${stack.status}`);
}

/** What the stack last completed with, as it was noted then: nothing, after a creation was rolled back. */
function rollbackTarget({ status, targetDefinitionId, rollbackDefinitionId, definitionId }: StackRecord): DefinitionId | null {
  return status === 'COMPLETE' && targetDefinitionId === null ? null : (rollbackDefinitionId ?? definitionId);
}

async function presentDefinition(ports: StackPorts, stack: StackRecord): Promise<DefinitionRecord> {
  const present = await findDefinition(ports.database, ports.secretBox, stack.id, stack.definitionId);
  if (present === null) throw new Bug(`stack ${stack.id} has no definition ${stack.definitionId}`);
  return present;
}

/** The stored definition for a patch to be laid over; stored parameters that the new template lacks are dropped. */
function laidUnder(request: UpdateStack, present: DefinitionRecord): Present {
  const stored = environmentFromJson(present.environment);
  return {
    definition: storedTemplate(present),
    files: present.files,
    environmentFor(definition) {
      const kept = Object.entries(stored.parameters).filter(
        ([name]) => definition.parameters.has(name) && !request.clearParameters.includes(name),
      );
      return { ...stored, parameters: Object.fromEntries(kept) };
    },
  };
}

function storedTemplate(present: DefinitionRecord): Definition {
  const { definition } = parseTemplate(present.template);
  if (definition === null) throw new Bug(`stored definition ${present.id} no longer parses`);
  return definition;
}

/** Parameters marked immutable keep the value they have, if they have one. */
function checkImmutable(stack: StackRecord, present: DefinitionRecord, after: BoundDefinition): void {
  const names = [...after.definition.parameters.values()].filter((schema) => schema.immutable).map((schema) => schema.name);
  if (names.length === 0) return;
  const before = boundValues(stack, present);
  const changed = names.filter((name) => {
    const old = before.get(name);
    return old !== undefined && !jsonEqual(old, after.parameters.get(name) ?? null);
  });
  if (changed.length > 0)
    throw invalid(`The following parameters are immutable and may not be updated: ${changed.join(', ')}`, 'ImmutableParameterModified');
}

function boundValues(stack: StackRecord, present: DefinitionRecord): ReadonlyMap<string, Json> {
  const { bound } = bindDefinition({
    definition: storedTemplate(present),
    environment: environmentFromJson(present.environment),
    pseudo: { stackId: stack.id, stackName: stack.name, projectId: stack.projectId },
    files: present.files,
    strict: false,
  });
  return bound?.parameters ?? new Map();
}
