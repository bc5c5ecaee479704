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

const boundTo =
  (ports: StackPorts) =>
  <Asked extends unknown[], Answer>(useCase: (ports: StackPorts, ...asked: Asked) => Answer) =>
  (...asked: Asked): Answer =>
    useCase(ports, ...asked);

export function stackUseCases(ports: StackPorts): StackUseCases {
  const of = boundTo(ports);
  return {
    createStack: of(createStack),
    updateStack: of(updateStack),
    deleteStack: of(deleteStack),
    listStacks: of(listStacks),
    findStack: of(findStack),
    showStack: of(showStack),
    stackTemplate: of(stackTemplate),
    stackEnvironment: of(stackEnvironment),
    stackFiles: of(stackFiles),
    listOutputs: of(listOutputs),
    showOutput: of(showOutput),
    listResources: of(listResources),
    showResource: of(showResource),
    resourceMetadata: of(resourceMetadata),
    listEvents: of(listEvents),
    showEvent: of(showEvent),
    validateTemplate: of(validateTemplate),
    diagnoseDefinition: of(diagnoseDefinition),
    listResourceTypes: of(listResourceTypes),
    showResourceType: of(showResourceType),
    resourceTypeTemplate: of(resourceTypeTemplate),
    listTemplateVersions,
    listTemplateFunctions,
    createSoftwareConfig: of(createSoftwareConfig),
    showSoftwareConfig: of(showSoftwareConfig),
    listSoftwareConfigs: of(listSoftwareConfigs),
    deleteSoftwareConfig: of(deleteSoftwareConfig),
    visitStack: of(visitStack),
    cancelUpdate: of(cancelUpdate),
    cancelStack: of(cancelStack),
    retryStack: of(retryStack),
    continueStack: of(continueStack),
    forceDeleteStack: of(forceDeleteStack),
    listLeftovers: of(listStackLeftovers),
    listVersions: of(listStackVersions),
    showVersion: of(showStackVersion),
    returnToVersion: of(returnToVersion),
    explainStack: of(explainStack),
    signalResource: of(signalResource),
    signalBySignature: of(signalBySignature),
    createSnapshot: of(createSnapshot),
    listSnapshots: of(listStackSnapshots),
    showSnapshot: of(showSnapshot),
    deleteSnapshot: of(deleteSnapshot),
    restoreSnapshot: of(restoreSnapshot),
    abandonStack: of(abandonStack),
    exportStack: of(exportStack),
    markResource: of(markResource),
    listExports: of(listStackExports),
    previewCreation: of(previewCreation),
    previewUpdate: of(previewUpdate),
    planCreation: of(planCreation),
    planUpdate: of(planUpdate),
    planDeletion: of(planDeletion),
    showPlan: of(showPlan),
    applyPlan: of(applyPlan),
    detectDrift: of(detectDrift),
    driftReport: of(driftReport),
    acceptDrift: of(acceptDrift),
    revertDrift: of(revertDrift),
    scheduleDrift: of(scheduleDrift),
    listEngineProcesses: of(listEngineProcesses),
    revision: () => ports.revision,
  };
}
