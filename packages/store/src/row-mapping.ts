/**
 * Between rows of the orchestration schema and records: column names, sealing of secret columns, and text that PostgreSQL can hold.
 * Rows arrive with timestamps as milliseconds, bigint as number and json parsed (the connection's type parsers see to that).
 */
import { asId, type Json, type JsonObject } from '@hearth/kernel';
import { asColumn } from './drift.ts';
import type { CredentialRecord, DefinitionRecord, LeftoverRecord, NewEvent, ResourceRecord, StackRecord } from './records.ts';
import type { SnapshotState, StackPatch } from './engine-store.ts';
import type { SecretBox } from './secret-box.ts';

/** Named columns of a row as the connection delivers them. */
export type Row = Readonly<Record<string, unknown>>;

/** Columns of `stack` that `stackFromRow` needs, for select lists. */
export const STACK_COLUMNS =
  'id, project_id, name, parent_id, parent_resource, root_id, depth, description, action, status, status_reason, target_definition_id, definition_id, rollback_definition_id,' +
  ' traversal, timeout_mins, disable_rollback, tags, owner_name, user_id, credential_id, created_at, updated_at, deleted_at, deadline_at, halt_reason, exceptions, snapshot_id, adopting, looks_asked_at, mending, wake_version';

/** For `readDefinitions`. */
export const DEFINITION_COLUMNS = 'id, stack_id, number, template_id, environment, files_id';

export const RESOURCE_COLUMNS =
  'id, stack_id, name, type, handler, physical_name, physical_id, action, status, status_reason, phase, requires, replaces, replaced_by, traversal, digest,' +
  ' properties, pending, uncertain, attributes, data, metadata, deletion_policy, token, attempts, started_at, wake_at, verify_at, creation, looked_for, drift, drift_accepted, created_at, updated_at, snapshot_id, retry, hand_over';

/**
 * Text as PostgreSQL can hold it: NUL and lone surrogates, which a cloud's error message may well contain, become U+FFFD.
 * Without this one odd message would make every later commit of its stack fail.
 */
export const storableText = (text: string): string => text.replace(/[\0\p{Surrogate}]/gu, '\ufffd');
const storableOrNull = (text: string | null): string | null => (text === null ? null : storableText(text));

const isoTime = (ms: number): string => new Date(ms).toISOString();
const isoTimeOrNull = (ms: number | null): string | null => (ms === null ? null : isoTime(ms));

export function stackFromRow(row: Row): StackRecord {
  return {
    id: asId(row['id'] as string),
    projectId: asId(row['project_id'] as string),
    name: row['name'] as string,
    parentId: row['parent_id'] as StackRecord['parentId'],
    parentResource: row['parent_resource'] as string | null,
    rootId: asId(row['root_id'] as string),
    depth: row['depth'] as number,
    description: row['description'] as string,
    action: row['action'] as StackRecord['action'],
    status: row['status'] as StackRecord['status'],
    statusReason: row['status_reason'] as string,
    targetDefinitionId: row['target_definition_id'] as StackRecord['targetDefinitionId'],
    definitionId: asId(row['definition_id'] as string),
    rollbackDefinitionId: row['rollback_definition_id'] as StackRecord['rollbackDefinitionId'],
    traversal: row['traversal'] as number,
    timeoutMins: row['timeout_mins'] as number,
    disableRollback: row['disable_rollback'] as boolean,
    tags: row['tags'] as readonly string[] | null,
    ownerName: row['owner_name'] as string,
    userId: asId(row['user_id'] as string),
    credentialId: row['credential_id'] as StackRecord['credentialId'],
    createdAt: row['created_at'] as number,
    updatedAt: row['updated_at'] as number | null,
    deletedAt: row['deleted_at'] as number | null,
    deadlineAt: row['deadline_at'] as number | null,
    haltReason: row['halt_reason'] as string | null,
    exceptions: row['exceptions'] as StackRecord['exceptions'],
    snapshotId: row['snapshot_id'] as StackRecord['snapshotId'],
    adopting: row['adopting'] as boolean,
    looksAskedAt: row['looks_asked_at'] as number,
    mending: row['mending'] as StackRecord['mending'],
    wakeVersion: row['wake_version'] as number,
  };
}

/** Where the template of a child was kept before templates were contents. */
const SEALED_TEMPLATE = 'sealedTemplate';

export function definitionFromRow(
  row: Row,
  secretBox: SecretBox,
  { template, files }: Pick<DefinitionRecord, 'template' | 'files'>,
): DefinitionRecord {
  const { [SEALED_TEMPLATE]: sealed, ...environment } = openObject(row['environment'], secretBox);
  return {
    id: asId(row['id'] as string),
    stackId: asId(row['stack_id'] as string),
    number: row['number'] as number,
    template: (sealed as JsonObject | undefined) ?? template,
    environment,
    files,
  };
}

export function credentialFromRow(row: Row, secretBox: SecretBox): CredentialRecord {
  return {
    id: asId(row['id'] as string),
    projectId: asId(row['project_id'] as string),
    kind: row['kind'] as CredentialRecord['kind'],
    data: openObject(row['data'], secretBox),
  };
}

export const snapshotStateFromRow = (row: Row): SnapshotState => ({
  id: asId(row['id'] as string),
  stackId: asId(row['stack_id'] as string),
  name: row['name'] as string | null,
  action: row['action'] as SnapshotState['action'],
  status: row['status'] as SnapshotState['status'],
  statusReason: row['status_reason'] as string | null,
  attempt: row['attempt'] as number,
});

export function resourceFromRow(row: Row, secretBox: SecretBox): ResourceRecord {
  return {
    id: asId(row['id'] as string),
    stackId: asId(row['stack_id'] as string),
    name: row['name'] as string,
    type: row['type'] as string,
    handler: row['handler'] as string,
    physicalName: row['physical_name'] as string,
    physicalId: row['physical_id'] as string | null,
    action: row['action'] as ResourceRecord['action'],
    status: row['status'] as ResourceRecord['status'],
    statusReason: row['status_reason'] as string,
    phase: row['phase'] as ResourceRecord['phase'],
    requires: row['requires'] as ResourceRecord['requires'],
    replaces: row['replaces'] as ResourceRecord['replaces'],
    replacedBy: row['replaced_by'] as ResourceRecord['replacedBy'],
    traversal: row['traversal'] as number,
    digest: row['digest'] as string | null,
    properties: openObject(row['properties'], secretBox),
    pending: openObjectOrNull(row['pending'], secretBox),
    uncertain: row['uncertain'] as readonly string[],
    attributes: openObjectOrNull(row['attributes'], secretBox),
    data: openObject(row['data'], secretBox),
    metadata: row['metadata'] as JsonObject,
    deletionPolicy: row['deletion_policy'] as ResourceRecord['deletionPolicy'],
    token: row['token'] as Json,
    attempts: row['attempts'] as number,
    startedAt: row['started_at'] as number,
    wakeAt: row['wake_at'] as number | null,
    verifyAt: row['verify_at'] as number | null,
    creation: openObjectOrNull(row['creation'], secretBox) as ResourceRecord['creation'],
    lookedFor: row['looked_for'] as number,
    drift: openObjectOrNull(row['drift'], secretBox) as unknown as ResourceRecord['drift'],
    accepted: openObjectOrNull(row['drift_accepted'], secretBox) as unknown as ResourceRecord['accepted'],
    createdAt: row['created_at'] as number,
    updatedAt: row['updated_at'] as number,
    snapshotId: row['snapshot_id'] as ResourceRecord['snapshotId'],
    retry: row['retry'] as ResourceRecord['retry'],
    handOver: row['hand_over'] as ResourceRecord['handOver'],
  };
}

/** A resource as an element of the array that `commitBatch` hands to `json_to_recordset`; json columns travel as text, bytea as hex. */
export function resourceToRow(resource: ResourceRecord, seal: SealColumn): JsonObject {
  return {
    id: resource.id,
    name: storableText(resource.name),
    type: storableText(resource.type),
    handler: storableText(resource.handler),
    physical_name: storableText(resource.physicalName),
    physical_id: storableOrNull(resource.physicalId),
    action: resource.action,
    status: resource.status,
    status_reason: storableText(resource.statusReason),
    phase: resource.phase,
    requires: resource.requires,
    replaces: resource.replaces,
    replaced_by: resource.replacedBy,
    traversal: resource.traversal,
    digest: resource.digest,
    properties: seal(resource.properties),
    pending: resource.pending === null ? null : seal(resource.pending),
    uncertain: resource.uncertain,
    attributes: resource.attributes === null ? null : seal(resource.attributes),
    data: seal(resource.data),
    metadata: JSON.stringify(resource.metadata),
    deletion_policy: resource.deletionPolicy,
    token: JSON.stringify(resource.token),
    attempts: resource.attempts,
    started_at: isoTime(resource.startedAt),
    wake_at: isoTimeOrNull(resource.wakeAt),
    verify_at: isoTimeOrNull(resource.verifyAt),
    creation: resource.creation === null ? null : seal(resource.creation),
    looked_for: resource.lookedFor,
    drift: resource.drift === null ? null : seal(asColumn(resource.drift)),
    drift_accepted: null,
    created_at: isoTime(resource.createdAt),
    updated_at: isoTime(resource.updatedAt),
    snapshot_id: resource.snapshotId,
    retry: resource.retry === null ? null : JSON.stringify({ ...resource.retry, reason: storableText(resource.retry.reason) }),
    hand_over: resource.handOver,
  };
}

/** An event as an element of the array that `commitBatch` hands to `json_to_recordset`. */
export function eventToRow(event: NewEvent): JsonObject {
  return {
    id: event.id,
    resource_name: storableText(event.resourceName),
    resource_type: storableText(event.resourceType),
    physical_id: storableOrNull(event.physicalId),
    action: event.action,
    status: event.status,
    reason: storableText(event.reason),
    at: isoTime(event.at),
  };
}

/** What was left behind as an element of the array that `commitBatch` hands to `json_to_recordset`. */
export const leftoverToRow = (leftover: LeftoverRecord): JsonObject => ({
  id: leftover.id,
  resource_name: storableText(leftover.resourceName),
  resource_type: storableText(leftover.resourceType),
  physical_name: storableText(leftover.physicalName),
  physical_id: storableOrNull(leftover.physicalId),
  reason: storableText(leftover.reason),
  at: isoTime(leftover.at),
});

/** Only the columns that the patch names: what it leaves out stays as it is. */
export function stackPatchToRow(patch: StackPatch): JsonObject {
  const row: Record<string, Json> = {};
  if (patch.action !== undefined) row['action'] = patch.action;
  if (patch.status !== undefined) row['status'] = patch.status;
  if (patch.statusReason !== undefined) row['status_reason'] = storableText(patch.statusReason);
  if (patch.targetDefinitionId !== undefined) row['target_definition_id'] = patch.targetDefinitionId;
  if (patch.definitionId !== undefined) row['definition_id'] = patch.definitionId;
  if (patch.rollbackDefinitionId !== undefined) row['rollback_definition_id'] = patch.rollbackDefinitionId;
  if (patch.traversal !== undefined) row['traversal'] = patch.traversal;
  if (patch.updatedAt !== undefined) row['updated_at'] = isoTimeOrNull(patch.updatedAt);
  if (patch.deadlineAt !== undefined) row['deadline_at'] = isoTimeOrNull(patch.deadlineAt);
  if (patch.haltReason !== undefined) row['halt_reason'] = storableOrNull(patch.haltReason);
  if (patch.exceptions !== undefined) row['exceptions'] = patch.exceptions as unknown as Json;
  if (patch.adopting !== undefined) row['adopting'] = patch.adopting;
  if (patch.snapshotId !== undefined) row['snapshot_id'] = patch.snapshotId;
  if (patch.deletedAt !== undefined) row['deleted_at'] = isoTimeOrNull(patch.deletedAt);
  if (patch.credentialId !== undefined) row['credential_id'] = patch.credentialId;
  return row;
}

export const openObject = (sealed: unknown, secretBox: SecretBox): JsonObject => secretBox.open(sealed as Uint8Array) as JsonObject;
export const openObjectOrNull = (sealed: unknown, secretBox: SecretBox): JsonObject | null =>
  sealed === null ? null : openObject(sealed, secretBox);

/** A secret column as text that PostgreSQL reads as bytea. */
export type SealColumn = (value: JsonObject) => string;

/**
 * Seals each value once: a row is committed several times in its life, mostly with the very same property objects, and sealing is the
 * dearest part of a commit on our side. Records are never changed in place, so an object stands for its contents.
 */
export function columnSealer(secretBox: SecretBox): SealColumn {
  let sealed = new WeakMap<JsonObject, string>();
  let sealedWith = secretBox.fingerprint;
  const nothing = {};
  return function seal(value) {
    // What is written after a rotation is sealed with the new key, however long its value has been known.
    if (secretBox.fingerprint !== sealedWith) {
      sealed = new WeakMap();
      sealedWith = secretBox.fingerprint;
    }
    const key = Object.keys(value).length === 0 ? nothing : value;
    let text = sealed.get(key);
    if (text === undefined) {
      text = `\\x${secretBox.seal(key).toString('hex')}`;
      sealed.set(key, text);
    }
    return text;
  };
}
