/** @hearth/server/testing: what a server brings along, for tests that go without one. */
export { readGlobalEnvironment } from '../global-environment.ts';
