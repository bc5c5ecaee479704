/** Records for tests: whole and plausible, with what the test cares about put in. */
import { asId, type DefinitionId, type HolderId, type ResourceId, type StackId } from '@hearth/kernel';
import { randomUUID } from 'node:crypto';
import type { CredentialRecord, DefinitionRecord, NewEvent, ResourceRecord, StackRecord } from '../records.ts';

/** Any moment will do, so long as it is a whole number of milliseconds. */
const MOMENT = 1_700_000_000_123;

export const newHolderId = (): HolderId => asId<HolderId>(randomUUID());

export function sampleStack(given: Partial<StackRecord> = {}): StackRecord {
  const id = given.id ?? asId<StackId>(randomUUID());
  const definitionId = given.definitionId ?? asId<DefinitionId>(randomUUID());
  return {
    id,
    projectId: asId('project-1'),
    name: `stack-${id}`,
    parentId: null,
    parentResource: null,
    rootId: id,
    depth: 0,
    description: '',
    action: 'CREATE',
    status: 'IN_PROGRESS',
    statusReason: 'Stack CREATE started',
    targetDefinitionId: definitionId,
    definitionId,
    rollbackDefinitionId: null,
    traversal: 1,
    timeoutMins: 60,
    disableRollback: true,
    tags: null,
    ownerName: 'someone',
    userId: asId('user-1'),
    credentialId: null,
    createdAt: MOMENT,
    updatedAt: null,
    deletedAt: null,
    deadlineAt: null,
    haltReason: null,
    exceptions: null,
    snapshotId: null,
    adopting: false,
    looksAskedAt: 0,
    mending: null,
    wakeVersion: 1,
    ...given,
  };
}

export function sampleDefinition(stack: StackRecord, given: Partial<DefinitionRecord> = {}): DefinitionRecord {
  return {
    id: stack.definitionId,
    stackId: stack.id,
    number: 1,
    template: { heat_template_version: '2018-08-31', resources: { b: { type: 'OS::Heat::None' }, a: { type: 'OS::Heat::None' } } },
    environment: { parameters: { secret: 'hidden \u0000 ü' } },
    files: { 'file:///a.yaml': 'text' },
    ...given,
  };
}

export function sampleCredential(stack: StackRecord, given: Partial<CredentialRecord> = {}): CredentialRecord {
  return { id: asId(randomUUID()), projectId: stack.projectId, kind: 'trust', data: { trustId: 't', trustorUserId: 'u' }, ...given };
}

export function sampleResource(stackId: StackId, given: Partial<ResourceRecord> = {}): ResourceRecord {
  return {
    id: asId<ResourceId>(randomUUID()),
    stackId,
    name: 'server',
    type: 'OS::Nova::Server',
    handler: given.type ?? 'OS::Nova::Server',
    physicalName: 'stack-server-abc',
    physicalId: null,
    action: 'CREATE',
    status: 'COMPLETE',
    statusReason: 'state changed',
    phase: null,
    requires: [],
    replaces: null,
    replacedBy: null,
    traversal: 1,
    digest: null,
    properties: {},
    pending: null,
    uncertain: [],
    attributes: null,
    data: {},
    metadata: {},
    deletionPolicy: 'delete',
    token: null,
    attempts: 1,
    startedAt: MOMENT,
    wakeAt: null,
    verifyAt: null,
    creation: null,
    retry: null,
    handOver: null,
    lookedFor: 0,
    drift: null,
    accepted: null,
    createdAt: MOMENT,
    updatedAt: MOMENT,
    snapshotId: null,
    ...given,
  };
}

export function sampleEvent(stackId: StackId, given: Partial<NewEvent> = {}): NewEvent {
  return {
    id: asId(randomUUID()),
    stackId,
    resourceName: 'server',
    resourceType: 'OS::Nova::Server',
    physicalId: null,
    action: 'CREATE',
    status: 'COMPLETE',
    reason: 'state changed',
    at: MOMENT,
    ...given,
  };
}
