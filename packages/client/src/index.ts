/** @hearth/client: a typed client of the orchestration API, and progress of a stack as text. */
export { accessFromClouds, accessFromVariables, type CloudAccess } from './cloud-access.ts';
export { openSession, type Session } from './session.ts';
export { askJson, type JsonAnswer, type JsonRequest } from './ask-json.ts';
export { stackClient, type EventPage, type StackClient, type StackKey, type StackWish } from './stack-client.ts';
export { isSettled, type StackDetail, type StackEvent, type StackOutput, type StackResource, type StackSummary } from './stack-shapes.ts';
export { awaitSettled, type AwaitOptions } from './await-settled.ts';
export { eventClient, hearthEndpoint, type EventClient, type EventQuery, type EventsPage } from './event-client.ts';
export { driftClient, type DriftClient, type DriftDifference, type DriftedResource, type DriftReport } from './drift-client.ts';
export { planClient, type PlanClient, type PlannedChange, type PlannedCloud, type PlannedProperty, type StackPlan } from './plan-client.ts';
export {
  recoveryClient,
  type Leftover,
  type RecoveryClient,
  type StackVersion,
  type Why,
  type WhyFinding,
} from './recovery-client.ts';
export { validateDefinition, type ValidationResult, type ValidationWish } from './validation-client.ts';
export type { TreeEvent } from './event-shapes.ts';
export type { WatchOptions } from './watch-events.ts';
export { changeLine, changeLines } from './progress/change-lines.ts';
export { eventTree, type EventTree } from './progress/event-tree.ts';
export { progressFrame, treeFrame, type FrameOptions } from './progress/progress-frame.ts';
export { resourceTree, type TreeRow } from './progress/resource-tree.ts';
