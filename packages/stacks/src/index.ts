/** @hearth/stacks: the use cases every façade shares. Each takes a caller and sees what that caller's project owns. */
export { stackUseCases, type StackUseCases } from './use-cases.ts';
export { sharedDelegations } from './shared-delegations.ts';
export { signalReader } from './signal-reader.ts';
export type { SignedSignal } from './signal-resource.ts';
export { isAdministrator, type Caller } from './caller.ts';
export {
  DEFAULT_STACK_LIMITS,
  GLOBAL_FILE_PREFIX,
  NO_GLOBAL_ENVIRONMENT,
  type ConstraintChecker,
  type ConstraintQuestion,
  type DelegatedTrust,
  type Delegation,
  type GlobalEnvironment,
  type Observer,
  type RemoteContent,
  type StackLimits,
  type StackPorts,
} from './ports.ts';
export type { EngineProcess } from './engine-processes.ts';
export type { ExportView, ListExports } from './exchange.ts';
export type { Explanation, Finding } from './never-stuck/explain-stack.ts';
export type { ForceDelete } from './never-stuck/force-delete.ts';
export type { ShownVersion, StackVersions, VersionView } from './never-stuck/versions.ts';
export type { StackKey } from './own-stack.ts';
export { typeNamed } from './named-types.ts';
export { UNAVAILABLE_CODE } from './service-knowledge.ts';
export { DEFINITION_KEYS, namesIn, readDefinitionInput } from './definition-body.ts';
export { hasTemplate, type DefinitionInput } from './stack-input.ts';
export type { DiagnoseDefinition } from './validation/diagnose-definition.ts';
export type { Diagnosis } from '@hearth/template';
export { adoptData } from './abroad/adopted-stack.ts';
export type { SnapshotSummary, SnapshotView } from './snapshots/snapshots.ts';
export type { CreateStack } from './create-stack.ts';
export type { DriftReport, ReportedResource, ReportedState } from './drift/drift-report.ts';
export type { ReportedDifference } from './drift/masked-differences.ts';
export type { MarkResource } from './mark-resource.ts';
export type { StackVisit } from './stack-actions.ts';
export type { UpdateStack } from './update-stack.ts';
export type { AppliedPlan } from './plans/apply-plan.ts';
export type { Plan } from './plans/plan.ts';
export type { CreationPreview, PreviewedResource, PreviewedStack, PreviewTree, UpdatePreview } from './plans/previews.ts';
export type { PropertyChange, ResourceChange, SeenDifference } from '@hearth/engine';
export { EVERY_STACK, type ListStacks, type StackList } from './list-stacks.ts';
export type { StackView } from './show-stack.ts';
export type { OutputView } from './stack-reading.ts';
export type { ListResources, ResourceView, StackResources } from './resources.ts';
export type { EventView, ListEvents, StackEvents } from './events.ts';
export { configShelf, type CreateSoftwareConfig, type ListSoftwareConfigs, type ShelfPorts } from './software-configs.ts';
export type { ListResourceTypes } from './catalogue.ts';
export {
  eventFeed,
  type EventFeed,
  type EventFeedLimits,
  type EventFeedPorts,
  type EventListing,
  type EventRequest,
  type EventStream,
} from './event-stream.ts';
export type { StreamItem } from './live-events.ts';
export type { ToldEvent } from './told-events.ts';
export { requirePersona, type Persona } from './personas.ts';
export { mayUseType } from './type-policy.ts';
// What the use cases answer with, so that façades need not know the store.
export type {
  EventRecord,
  EventSortKey,
  FilterColumn,
  PlacedLeftover,
  SoftwareConfigSummary,
  StackRecord,
  StackSortKey,
} from '@hearth/store';
