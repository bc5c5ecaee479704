/** @hearth/engine: brings stacks to what their definitions want. Gather, plan, commit intents, call, commit results. */
export { callLimit, type CallLimit } from './call-limit.ts';
export { allRequires, compileDefinition, type CompiledDefinition } from './compiled.ts';
export { createEngine, type Engine } from './engine.ts';
export { createObserver, type Observer, type ObserverPorts } from './observe.ts';
export { physicalName } from './physical-name.ts';
export { DEFAULT_LIMITS, type EngineLimits, type EnginePorts } from './ports.ts';
export { referenceIdOf, rowReferences } from './references.ts';
