/** @hearth/resources-core: types that need no cloud. */
export { coreTypes } from './registry.gen.ts';
