/** @hearth/api-hearth: our own additions to the API, `/hearth/v1/…`: what happens to stacks, told as it happens. */
export { hearthFacade, type HearthFacadeOptions } from './hearth-facade.ts';
