/** @hearth/engine: brings stacks to what their definitions want. Gather, plan, commit intents, call, commit results. */
export type { AdoptedResource, AdoptedResources, RestoredResources } from './adoption.ts';
export { callLimit, type CallLimit } from './call-limit.ts';
export { answerOf } from './child-answers.ts';
export { copiedType } from './copies.ts';
export { childView } from './child-view.ts';
export { childMemoryOf, compositeInput, storedChild, updatePolicyOf } from './child-definition.ts';
export { definitionCache, type DefinitionCache } from './definition-cache.ts';
export { definitionsAmong } from './hidden-order.ts';
export { compileDefinition, compiledOf, handlerOf, TEMPLATE_HANDLER, type CompiledDefinition, type StoredEnvironment } from './compiled.ts';
export { createEngine, type Engine } from './engine.ts';
export { MAX_DEPTH } from './nested.ts';
export { createObserver, externalConstraint, externalLookUp, type Observer, type ObserverPorts } from './observe.ts';
export { physicalName } from './physical-name.ts';
export { DEFAULT_LIMITS, type EngineLimits, type EnginePorts } from './ports.ts';
export { explainRows, type ExplainedRow } from './explain-rows.ts';
export { childIdOf } from './nested.ts';
export { visibleRows } from './visible-rows.ts';
export { referenceIdOf, rowReferences } from './references.ts';
export { referredRow, signalledResource } from './signals.ts';
export { isUnhealthy, UNHEALTHY } from './health.ts';
export { clearedHook, clearedReason, pendingHook, withClearedHook } from './hooks.ts';
export { changesOf, type ChangesFound, type ChangesInput } from './changes/changes-of.ts';
export {
  HIDDEN,
  type ChangeKind,
  type ChangeReason,
  type Deletion,
  hasDrifted,
  type PropertyChange,
  type SeenDifference,
  type ResourceChange,
} from './changes/change-set.ts';
export { tryCompile } from './compiled.ts';
export { hiddenParts, hiddenTexts, holdsAny, shownProperty, withHiddenParameters } from './changes/hidden-values.ts';
