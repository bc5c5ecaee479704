/** @hearth/store: the database. SQL lives here and nowhere else. */
export type {
  CredentialRecord,
  DefinitionRecord,
  EventRecord,
  LeftoverRecord,
  NewEvent,
  ResourceAction,
  ResourceRecord,
  SnapshotRecord,
  StackAction,
  VisitAction,
  StackRecord,
  Status,
} from './records.ts';
export {
  countedState,
  isMended,
  mendedBelow,
  mendedPaths,
  openDifferences,
  sameFinding,
  type Accepted,
  type Difference,
  type DriftFinding,
  type DriftState,
  type Mending,
} from './drift.ts';
export { exceptionsBelow, exceptionsOfDeletion, isForced, isRetained, skippedNames, type Exceptions } from './exceptions.ts';
export type { SoftwareConfigRecord, SoftwareConfigSummary } from './software-config-record.ts';
export type { Database, Queryable, Statement } from './database.ts';
export type {
  ChildState,
  ChildWrite,
  Claim,
  CommitResult,
  EngineBatch,
  EngineStore,
  Fence,
  SnapshotState,
  SnapshotWrite,
  StackPatch,
  StackSnapshot,
} from './engine-store.ts';
export { connectionFromUrl, connectionText, withDatabase, type Connection } from './connection.ts';
export { LONG_STATEMENT_MS, openDatabase, type OpenDatabaseOptions } from './open-database.ts';
export { sqlState } from './postgres/connection-failure.ts';
export { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './postgres/embedded.ts';
export { migrate, type MigrationSource } from './migrate.ts';
export { orchestrationMigrations } from './migrations-folder.ts';
export { createSecretBox, type SecretBox } from './secret-box.ts';
export { openSecretBox, type KeyRing } from './keys/key-ring.ts';
export type { KeySource } from './keys/key-source.ts';
export { listKeys, listKeyUsers, type KeyUser, type KnownKey } from './keys/key-states.ts';
export { resealTurn, retireKey, rotateKeys } from './keys/rotation.ts';
export { watchKeys } from './keys/watch-keys.ts';
export { readSetting, settleSetting, writeSetting } from './setting.ts';
export { countLiveRootStacks, countStacks } from './queries/count-stacks.ts';
export { findDefinition } from './queries/find-definition.ts';
export { findCredential } from './queries/find-credential.ts';
export type { PlanRecord } from './plan-record.ts';
export { findPlan, insertPlan, markPlanApplied } from './queries/plans.ts';
export { loadStacks } from './queries/load-stacks.ts';
export { pingDatabase } from './queries/ping-database.ts';
export { findStackById, findStackByName, lockStackById } from './queries/find-stack.ts';
export { holdCredential } from './queries/use-credential.ts';
export { insertStack, lockProjectStacks, type NewStack } from './queries/insert-stack.ts';
export { findEvent, listEvents, type EventFilter, type EventPage, type EventSortKey } from './queries/list-events.ts';
export {
  eventClock,
  eventHorizon,
  FIRST_CURSOR,
  readEvents,
  settleEventOrder,
  type EventCursor,
  type EventReach,
  type EventsRead,
  type OrderedEvent,
} from './queries/read-events.ts';
export { findStackPlaces, type StackPlace } from './queries/find-stack-places.ts';
export { listDescendants } from './queries/list-descendants.ts';
export { listResources, listResourcesByHandler, listResourcesByName } from './queries/list-resources.ts';
export { doomSnapshots } from './queries/doom-snapshots.ts';
export {
  countSnapshots,
  findSnapshot,
  insertSnapshot,
  listCopies,
  listSnapshots,
  type PlacedCopy,
  type SnapshotSummary,
} from './queries/snapshots.ts';
export { listStacks, type StackPage, type StackSortKey } from './queries/list-stacks.ts';
export { deleteSoftwareConfig } from './queries/delete-software-config.ts';
export { findSoftwareConfig } from './queries/find-software-config.ts';
export { findSoftwareConfigId, insertSoftwareConfig, type NewSoftwareConfig } from './queries/insert-software-config.ts';
export { listSoftwareConfigs, type SoftwareConfigPage } from './queries/list-software-configs.ts';
export {
  exportNamesOf,
  findExports,
  findHeldExports,
  findImporters,
  insertExchange,
  listExports,
  type ExportPage,
  type ExportRecord,
} from './queries/stack-exports.ts';
export { requestDelete, type DeleteRequest } from './queries/request-delete.ts';
export { requestHalt, type HaltRequest } from './queries/request-halt.ts';
export { findOwnership, type Ownership } from './queries/find-ownership.ts';
export { listLeftovers, type PlacedLeftover } from './queries/leftovers.ts';
export { listVersions, noteVersion, type VersionRecord } from './queries/stack-versions.ts';
export { requestAgain, type AgainRequest } from './queries/request-again.ts';
export { requestRollback, type RollbackRequest } from './queries/request-rollback.ts';
export { passOnLook, requestLook, type LookRequest } from './queries/request-look.ts';
export { writeAcceptance } from './queries/write-acceptance.ts';
export { listLooked, type LookedRow } from './queries/list-looked.ts';
export { driftTurn, findDriftSchedule, setDriftSchedule, type DriftSchedule, type DriftTurn } from './queries/drift-schedule.ts';
export { requestVisit, type VisitRequest } from './queries/request-visit.ts';
export { insertSignal, listSignals, SIGNAL_CHANNEL, tallySignals } from './queries/signals.ts';
export type { NewSignal, SignalRecord, SignalTally } from './signal-record.ts';
export { writeMark } from './queries/write-mark.ts';
export { nextDefinitionNumber, requestUpdate, type UpdatePatch } from './queries/request-update.ts';
export type { FilterColumn, StackFilter } from './queries/stack-filter.ts';
export { createEngineStore } from './engine-store-postgres.ts';
export { CHILD_CHANNEL, EVENT_CHANNEL } from './queries/announce-stacks.ts';
export { STACK_DUE, type DueTable } from './queries/due-table.ts';
export {
  claimDueRows,
  heldRows,
  nextDueAt,
  wakeRow,
  type ClaimAnswer,
  type ClaimRequest,
  type DueClaim,
  type HeldRow,
} from './queries/claim-due-rows.ts';
export { endLease, listLeaseHolders, removePassedLeases, renewLease, type LeaseHolder } from './queries/lease-holder.ts';
export {
  forgetDelegation,
  giveUpDelegations,
  noteDelegation,
  useDelegation,
  type DelegationIntent,
} from './queries/delegation-intent.ts';
export { CHORE_DUE, readChore, releaseChore, type ChoreState } from './queries/chore.ts';
export {
  advanceSink,
  failSink,
  hasSinks,
  listSinks,
  readSink,
  releaseSink,
  removeSink,
  settleOperatorSink,
  SINK_DUE,
  type SinkRecord,
  wakeSinks,
} from './queries/event-sinks.ts';
export { checkIntegrity, lastIntegrityReport, type IntegrityReport } from './integrity.ts';
export type { EventsKept } from './queries/trim-events.ts';
export { retentionTurn, type Retention, type RetentionTurn } from './retention.ts';
export { exportState, type ExportStateOptions, type StateCount } from './state/export-state.ts';
export { importState, type ImportStateOptions } from './state/import-state.ts';
export { runningEmbeddedPostgres } from './postgres/running.ts';
