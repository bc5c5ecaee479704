/** @hearth/stacks/testing: the use cases with a sample cloud, for tests of façades. */
export { testCaller, testStacks, type TestStacks, type TestStacksOptions } from './test-stacks.ts';
export { sampleCloud, sampleRegistry, type SampleCloud } from './sample-types.ts';
export { NOTHING_SENT } from '../stack-input.ts';
export { EVERY_EVENT, EVERY_RESOURCE, sampleCreate, sampleUpdate } from './sample-requests.ts';
