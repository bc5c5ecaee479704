/** @hearth/testkit: what tests share. Imported by tests, the simulator and the benchmark only. */
export { seededRandom } from './seeded-random.ts';
export { hangingProxy, type HangingProxy } from './hanging-proxy.ts';
export { realTimers } from './real-timers.ts';
export { virtualTimers, type VirtualTimers } from './virtual-timers.ts';
export { testDatabase, testServer, type TestDatabase, type TestDatabaseOptions } from './test-database.ts';
export { expectNoLeaks, openHandles, type OpenHandles } from './leaks.ts';
