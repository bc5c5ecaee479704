/** @hearth/api-heat: the Orchestration API v1 as Heat's clients know it, over the use cases of @hearth/stacks. */
export { heatFacade, type HeatFacadeOptions } from './heat-facade.ts';
export { SIGNED_PREFIX, signedSignalFacade } from './signed-signals.ts';
export { UNAVAILABLE_ACTIONS } from './unavailable-actions.ts';
