/** The use cases as one object for the façades: each takes the caller first, and nothing reaches the database around them. */
import type { Json, JsonObject } from '@hearth/kernel';
import type { StoredConfig } from '@hearth/resource-kit';
import type { SoftwareConfigSummary, StackRecord } from '@hearth/store';
import { abandonStack, exportStack } from './abroad/abandon-stack.ts';
import type { Caller } from './caller.ts';
import {
  listResourceTypes,
  listTemplateFunctions,
  listTemplateVersions,
  resourceTypeTemplate,
  showResourceType,
  type ListResourceTypes,
} from './catalogue.ts';
import { createStack, type CreateStack } from './create-stack.ts';
import { deleteStack } from './delete-stack.ts';
import { acceptDrift } from './drift/accept-drift.ts';
import { detectDrift, scheduleDrift } from './drift/detect-drift.ts';
import { driftReport, type DriftReport } from './drift/drift-report.ts';
import { revertDrift } from './drift/revert-drift.ts';
import { listEngineProcesses, type EngineProcess } from './engine-processes.ts';
import { listEvents, showEvent, type EventView, type ListEvents, type StackEvents } from './events.ts';
import { listStackExports, type ExportView, type ListExports } from './exchange.ts';
import { listStacks, type ListStacks, type StackList } from './list-stacks.ts';
import { continueStack, retryStack } from './never-stuck/again.ts';
import { cancelStack } from './never-stuck/cancel.ts';
import { explainStack, type Explanation } from './never-stuck/explain-stack.ts';
import { forceDeleteStack, type ForceDelete } from './never-stuck/force-delete.ts';
import { listStackLeftovers } from './never-stuck/leftovers.ts';
import { listStackVersions, returnToVersion, showStackVersion, type ShownVersion, type StackVersions } from './never-stuck/versions.ts';
import type { StackKey } from './own-stack.ts';
import { markResource, type MarkResource } from './mark-resource.ts';
import type { StackPorts } from './ports.ts';
import { listResources, resourceMetadata, showResource, type ListResources, type ResourceView, type StackResources } from './resources.ts';
import { signalBySignature, signalResource, type SignedSignal } from './signal-resource.ts';
import { findStack, listOutputs, showOutput, showStack, type StackView } from './show-stack.ts';
import {
  createSoftwareConfig,
  deleteSoftwareConfig,
  listSoftwareConfigs,
  showSoftwareConfig,
  type CreateSoftwareConfig,
  type ListSoftwareConfigs,
} from './software-configs.ts';
import { restoreSnapshot } from './snapshots/restore-snapshot.ts';
import {
  createSnapshot,
  deleteSnapshot,
  listStackSnapshots,
  showSnapshot,
  type SnapshotSummary,
  type SnapshotView,
} from './snapshots/snapshots.ts';
import { cancelUpdate, visitStack, type StackVisit } from './stack-actions.ts';
import { applyPlan, showPlan, type AppliedPlan } from './plans/apply-plan.ts';
import { planCreation, planDeletion, planUpdate } from './plans/make-plan.ts';
import type { Plan } from './plans/plan.ts';
import { previewCreation, previewUpdate, type CreationPreview, type UpdatePreview } from './plans/previews.ts';
import { stackEnvironment, stackFiles, stackTemplate } from './stack-documents.ts';
import type { DefinitionInput } from './stack-input.ts';
import type { OutputView } from './stack-reading.ts';
import { validateTemplate, type LookWish } from './template-look.ts';
import { updateStack, type UpdateStack } from './update-stack.ts';
import { diagnoseDefinition, type DiagnoseDefinition } from './validation/diagnose-definition.ts';
import type { Diagnosis } from '@hearth/template';

export interface StackUseCases {
  createStack(caller: Caller, request: CreateStack): Promise<StackRecord>;
  updateStack(caller: Caller, key: StackKey, request: UpdateStack): Promise<StackRecord>;
  deleteStack(caller: Caller, key: StackKey): Promise<void>;
  listStacks(caller: Caller, request: ListStacks): Promise<StackList>;
  findStack(caller: Caller, nameOrId: string): Promise<StackRecord>;
  showStack(caller: Caller, key: StackKey, resolvesOutputs: boolean): Promise<StackView>;
  stackTemplate(caller: Caller, key: StackKey): Promise<JsonObject>;
  stackEnvironment(caller: Caller, key: StackKey): Promise<JsonObject>;
  stackFiles(caller: Caller, key: StackKey): Promise<Readonly<Record<string, string>>>;
  listOutputs(caller: Caller, key: StackKey): ReturnType<typeof listOutputs>;
  showOutput(caller: Caller, key: StackKey, name: string): Promise<OutputView>;
  listResources(caller: Caller, key: StackKey, request: ListResources): Promise<StackResources>;
  showResource(
    caller: Caller,
    key: StackKey,
    name: string,
    withAttributes: readonly string[],
  ): Promise<{ readonly stack: StackRecord; readonly resource: ResourceView }>;
  resourceMetadata(caller: Caller, key: StackKey, name: string): Promise<JsonObject>;
  listEvents(caller: Caller, key: StackKey, request: ListEvents): Promise<StackEvents>;
  showEvent(caller: Caller, key: StackKey, resource: string, id: string): Promise<EventView>;
  validateTemplate(caller: Caller, request: DefinitionInput, wish: LookWish): Promise<JsonObject>;
  diagnoseDefinition(caller: Caller, request: DiagnoseDefinition): Promise<Diagnosis>;
  listResourceTypes(caller: Caller, request: ListResourceTypes): ReturnType<typeof listResourceTypes>;
  showResourceType(caller: Caller, name: string, withDescription: boolean): Promise<JsonObject>;
  resourceTypeTemplate(caller: Caller, name: string, language: 'hot' | 'cfn'): JsonObject;
  listTemplateVersions(): ReturnType<typeof listTemplateVersions>;
  listTemplateFunctions(version: string, withConditions: boolean): ReturnType<typeof listTemplateFunctions>;
  createSoftwareConfig(caller: Caller, request: CreateSoftwareConfig): Promise<StoredConfig>;
  showSoftwareConfig(caller: Caller, id: string): Promise<StoredConfig>;
  listSoftwareConfigs(caller: Caller, request: ListSoftwareConfigs): Promise<readonly SoftwareConfigSummary[]>;
  deleteSoftwareConfig(caller: Caller, id: string): Promise<void>;
  visitStack(caller: Caller, key: StackKey, action: StackVisit): Promise<void>;
  cancelUpdate(caller: Caller, key: StackKey, rollsBack: boolean): Promise<void>;
  cancelStack(caller: Caller, key: StackKey, rollsBack: boolean): Promise<StackRecord>;
  retryStack(caller: Caller, key: StackKey): Promise<StackRecord>;
  continueStack(caller: Caller, key: StackKey, skip: readonly string[]): Promise<StackRecord>;
  forceDeleteStack(caller: Caller, key: StackKey, request: ForceDelete): Promise<StackRecord>;
  listLeftovers(caller: Caller, key: StackKey | null, limit: number): ReturnType<typeof listStackLeftovers>;
  listVersions(caller: Caller, key: StackKey): Promise<StackVersions>;
  showVersion(caller: Caller, key: StackKey, number: number): Promise<ShownVersion>;
  returnToVersion(caller: Caller, key: StackKey, number: number): Promise<StackRecord>;
  explainStack(caller: Caller, key: StackKey, path: string | null): Promise<Explanation>;
  signalResource(caller: Caller, key: StackKey, resource: string, details: Json): Promise<void>;
  signalBySignature(request: SignedSignal, details: Json): Promise<JsonObject>;
  createSnapshot(caller: Caller, key: StackKey, name: string | null): Promise<SnapshotSummary>;
  listSnapshots(caller: Caller, key: StackKey): Promise<readonly SnapshotSummary[]>;
  showSnapshot(caller: Caller, key: StackKey, id: string): Promise<SnapshotView>;
  deleteSnapshot(caller: Caller, key: StackKey, id: string): Promise<void>;
  restoreSnapshot(caller: Caller, key: StackKey, id: string): Promise<StackRecord>;
  abandonStack(caller: Caller, key: StackKey): Promise<JsonObject>;
  exportStack(caller: Caller, key: StackKey): Promise<JsonObject>;
  markResource(caller: Caller, key: StackKey, nameOrId: string, mark: MarkResource): Promise<void>;
  listExports(caller: Caller, request: ListExports): Promise<readonly ExportView[]>;
  previewCreation(caller: Caller, request: CreateStack): Promise<CreationPreview>;
  previewUpdate(caller: Caller, key: StackKey, request: UpdateStack, showsNested: boolean): Promise<UpdatePreview>;
  planCreation(caller: Caller, request: CreateStack): Promise<Plan>;
  planUpdate(caller: Caller, key: StackKey, request: UpdateStack): Promise<Plan>;
  planDeletion(caller: Caller, key: StackKey): Promise<Plan>;
  /** `stack`: it must be a plan of this stack; null: of any. */
  showPlan(caller: Caller, id: string, stack: StackKey | null): Promise<Plan>;
  applyPlan(caller: Caller, id: string, stack: StackKey | null): Promise<AppliedPlan>;
  detectDrift(caller: Caller, key: StackKey): Promise<void>;
  driftReport(caller: Caller, key: StackKey): Promise<DriftReport>;
  acceptDrift(caller: Caller, key: StackKey, paths: readonly string[]): Promise<readonly string[]>;
  revertDrift(caller: Caller, key: StackKey, paths: readonly string[]): Promise<StackRecord>;
  scheduleDrift(caller: Caller, key: StackKey, everyMins: number | null): Promise<void>;
  listEngineProcesses(caller: Caller): Promise<readonly EngineProcess[]>;
  revision(): string;
}

export function stackUseCases(ports: StackPorts): StackUseCases {
  return {
    createStack: (caller, request) => createStack(ports, caller, request),
    updateStack: (caller, key, request) => updateStack(ports, caller, key, request),
    deleteStack: (caller, key) => deleteStack(ports, caller, key),
    listStacks: (caller, request) => listStacks(ports, caller, request),
    findStack: (caller, nameOrId) => findStack(ports, caller, nameOrId),
    showStack: (caller, key, resolvesOutputs) => showStack(ports, caller, key, resolvesOutputs),
    stackTemplate: (caller, key) => stackTemplate(ports, caller, key),
    stackEnvironment: (caller, key) => stackEnvironment(ports, caller, key),
    stackFiles: (caller, key) => stackFiles(ports, caller, key),
    listOutputs: (caller, key) => listOutputs(ports, caller, key),
    showOutput: (caller, key, name) => showOutput(ports, caller, key, name),
    listResources: (caller, key, request) => listResources(ports, caller, key, request),
    showResource: (caller, key, name, withAttributes) => showResource(ports, caller, key, name, withAttributes),
    resourceMetadata: (caller, key, name) => resourceMetadata(ports, caller, key, name),
    listEvents: (caller, key, request) => listEvents(ports, caller, key, request),
    showEvent: (caller, key, resource, id) => showEvent(ports, caller, key, resource, id),
    validateTemplate: (caller, request, wish) => validateTemplate(ports, caller, request, wish),
    diagnoseDefinition: (caller, request) => diagnoseDefinition(ports, caller, request),
    listResourceTypes: (caller, request) => listResourceTypes(ports, caller, request),
    showResourceType: (caller, name, withDescription) => showResourceType(ports, caller, name, withDescription),
    resourceTypeTemplate: (caller, name, language) => resourceTypeTemplate(ports, caller, name, language),
    listTemplateVersions,
    listTemplateFunctions,
    createSoftwareConfig: (caller, request) => createSoftwareConfig(ports, caller, request),
    showSoftwareConfig: (caller, id) => showSoftwareConfig(ports, caller, id),
    listSoftwareConfigs: (caller, request) => listSoftwareConfigs(ports, caller, request),
    deleteSoftwareConfig: (caller, id) => deleteSoftwareConfig(ports, caller, id),
    visitStack: (caller, key, action) => visitStack(ports, caller, key, action),
    cancelUpdate: (caller, key, rollsBack) => cancelUpdate(ports, caller, key, rollsBack),
    cancelStack: (caller, key, rollsBack) => cancelStack(ports, caller, key, rollsBack),
    retryStack: (caller, key) => retryStack(ports, caller, key),
    continueStack: (caller, key, skip) => continueStack(ports, caller, key, skip),
    forceDeleteStack: (caller, key, request) => forceDeleteStack(ports, caller, key, request),
    listLeftovers: (caller, key, limit) => listStackLeftovers(ports, caller, key, limit),
    listVersions: (caller, key) => listStackVersions(ports, caller, key),
    showVersion: (caller, key, number) => showStackVersion(ports, caller, key, number),
    returnToVersion: (caller, key, number) => returnToVersion(ports, caller, key, number),
    explainStack: (caller, key, path) => explainStack(ports, caller, key, path),
    signalResource: (caller, key, resource, details) => signalResource(ports, caller, key, resource, details),
    signalBySignature: (request, details) => signalBySignature(ports, request, details),
    createSnapshot: (caller, key, name) => createSnapshot(ports, caller, key, name),
    listSnapshots: (caller, key) => listStackSnapshots(ports, caller, key),
    showSnapshot: (caller, key, id) => showSnapshot(ports, caller, key, id),
    deleteSnapshot: (caller, key, id) => deleteSnapshot(ports, caller, key, id),
    restoreSnapshot: (caller, key, id) => restoreSnapshot(ports, caller, key, id),
    abandonStack: (caller, key) => abandonStack(ports, caller, key),
    exportStack: (caller, key) => exportStack(ports, caller, key),
    markResource: (caller, key, nameOrId, mark) => markResource(ports, caller, key, nameOrId, mark),
    listExports: (caller, request) => listStackExports(ports, caller, request),
    previewCreation: (caller, request) => previewCreation(ports, caller, request),
    previewUpdate: (caller, key, request, showsNested) => previewUpdate(ports, caller, key, request, showsNested),
    planCreation: (caller, request) => planCreation(ports, caller, request),
    planUpdate: (caller, key, request) => planUpdate(ports, caller, key, request),
    planDeletion: (caller, key) => planDeletion(ports, caller, key),
    showPlan: (caller, id, stack) => showPlan(ports, caller, id, stack),
    applyPlan: (caller, id, stack) => applyPlan(ports, caller, id, stack),
    detectDrift: (caller, key) => detectDrift(ports, caller, key),
    driftReport: (caller, key) => driftReport(ports, caller, key),
    acceptDrift: (caller, key, paths) => acceptDrift(ports, caller, key, paths),
    revertDrift: (caller, key, paths) => revertDrift(ports, caller, key, paths),
    scheduleDrift: (caller, key, everyMins) => scheduleDrift(ports, caller, key, everyMins),
    listEngineProcesses: (caller) => listEngineProcesses(ports, caller),
    revision: () => ports.revision,
  };
}
